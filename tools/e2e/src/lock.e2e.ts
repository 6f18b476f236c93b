import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readTextIfThere } from '../../nx-prefect/src/core/read-file';
import { lockCheckout } from '../../nx-prefect/src/core/run-lock';
import { Random } from './parts/random';
import { SEED } from './parts/seed';

/** The lock of a checkout, taken by processes of which those that have it are killed. */
const PROCESSES = 20;
const ACQUISITIONS = 2_000;
const KILLS = 40;
const HOLDER = join(__dirname, 'parts', 'lock-holder.mjs');

let checkout: string;
const running = new Set<ChildProcess>();
beforeEach(() => void (checkout = mkdtempSync(join(tmpdir(), 'nx-prefect-lock-'))));
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
  rmSync(checkout, { recursive: true, force: true, maxRetries: 5 });
});

it(`${ACQUISITIONS} acquisitions by ${PROCESSES} processes, holders killed: never two, seed ${SEED}`, async () => {
  const log = join(checkout, 'log');
  writeFileSync(log, '');
  const random = new Random(SEED);
  const start = () => {
    const child = spawn(process.execPath, [HOLDER, checkout, log, String(ACQUISITIONS / PROCESSES)], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    running.add(child);
    child.on('exit', () => running.delete(child));
  };
  for (let number = 0; number < PROCESSES; number++) start();
  let kills = 0;
  while (running.size > 0) {
    await sleep(kills < KILLS ? 50 + random.below(200) : 100);
    const child = kills < KILLS ? holding() : undefined;
    if (!child) continue;
    // First the word, then the deed: who enters before the word does so beside a holder that lives.
    appendFileSync(log, `kill ${child.pid}\n`);
    child.kill('SIGKILL');
    kills++;
    start();
  }
  const lines = entries(log);
  const entered = lines.filter((line) => line.startsWith('enter')).length;
  console.log(`lock: ${entered} acquisitions, ${kills} holders killed, ${readdirSync(join(checkout, 'dist')).join()}`);
  expect(doubles(lines)).toEqual([]);
  expect(entered).toBeGreaterThanOrEqual(ACQUISITIONS);
  expect(kills).toBeGreaterThan(KILLS / 4);
}, 120_000);

it('a judge that sees two holders says so', () => {
  expect(doubles(['enter 1', 'enter 2'])).toHaveLength(1);
  expect(doubles(['enter 1', 'kill 1', 'enter 2', 'leave 1'])).toHaveLength(1);
  expect(doubles(['enter 1', 'kill 1', 'enter 2', 'leave 2', 'enter 3'])).toEqual([]);
});

describe('a lock of another machine or container', () => {
  const leave = (minutes: number) => {
    const file = join(checkout, 'dist', '.register.lock');
    writeFileSync(file, `process 1 on not-${hostname()}, start 1`);
    const then = new Date(Date.now() - minutes * 60_000);
    utimesSync(file, then, then);
    return file;
  };

  it('that nobody renews counts for five minutes', async () => {
    (await lockCheckout(checkout, () => undefined))();
    leave(6);
    (await lockCheckout(checkout, () => undefined))();
  });

  it('that was renewed is waited for, and what is waited for is said', async () => {
    (await lockCheckout(checkout, () => undefined))();
    const file = leave(4);
    const said: string[] = [];
    const waiting = lockCheckout(checkout, (line) => said.push(line));
    while (said.length === 0) await sleep(50);
    expect(said.join()).toMatch(/process 1 on not-.*another machine or container left behind counts for 5 minutes/);
    rmSync(file);
    (await waiting)();
  });
});

/** A process that has the lock at this moment, or had it a moment ago; one that is not our own child is none. */
function holding(): ChildProcess | undefined {
  for (let look = 0; look < 500; look++) {
    const holder = readTextIfThere(join(checkout, 'dist', '.register.lock')) ?? '';
    const pid = Number(/^process (\d+)/.exec(holder)?.[1]);
    const child = [...running].find((each) => each.pid === pid);
    if (child) return child;
  }
  return undefined;
}

function entries(log: string): string[] {
  return readFileSync(log, 'utf8').split('\n').filter(Boolean);
}

/** Entries that show two holders at once. */
function doubles(lines: string[]): string[] {
  const killed = new Set<string>();
  let holder: string | undefined;
  return lines.filter((line) => {
    const [what, pid = ''] = line.split(' ');
    if (what === 'kill') return !killed.add(pid);
    if (what === 'enter') {
      const isDouble = holder !== undefined && !killed.has(holder);
      holder = pid;
      return isDouble;
    }
    const isOwn = holder === pid;
    holder = undefined;
    return !isOwn;
  });
}
