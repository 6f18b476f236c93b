import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { startOf } from './process';
import { lockCheckout } from './run-lock';

describe('lockCheckout', () => {
  let root: string;
  let file: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'nx-prefect-spec-'));
    file = join(root, 'dist/.register.lock');
    mkdirSync(join(root, 'dist'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('gives the lock back', async () => {
    const unlock = await lockCheckout(root, () => undefined);
    expect(existsSync(file)).toBe(true);
    unlock();
    expect(existsSync(file)).toBe(false);
  });

  it('waits for a run that lives', async () => {
    writeFileSync(file, `process ${process.ppid} on ${hostname()}, start ${startOf(process.ppid)}`);
    let locked = false;
    const waiting = (async () => {
      const unlock = await lockCheckout(root, () => undefined);
      locked = true;
      unlock();
    })();
    await new Promise((done) => setTimeout(done, 300));
    expect(locked).toBe(false);
    rmSync(file);
    await waiting;
    expect(locked).toBe(true);
  });

  it.each([
    ['of a run that was killed', `process ${spawnSync(process.execPath, ['-e', '']).pid} on ${hostname()}, start 1`],
    ['of another process with the same id', `process ${process.ppid} on ${hostname()}, start 1`],
    ['that was never written', ''],
  ])('takes over a lock %s', async (_whose, content) => {
    writeFileSync(file, content);
    (await lockCheckout(root, () => undefined))();
    expect(existsSync(file)).toBe(false);
  });
});
