import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../process';

/**
 * Lets one `register` at a time work on a checkout: two terminals then end with what the source says last, because the
 * later one checks its build against the source while nobody else writes. A lock of a process that died is taken over.
 * @returns a function that gives the lock back
 */
export async function lockCheckout(workspaceRoot: string): Promise<() => void> {
  const file = join(workspaceRoot, 'dist', '.register.lock');
  mkdirSync(dirname(file), { recursive: true });
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (!(await isHeld(file))) rmSync(file, { force: true });
    }
    await sleep(50 + Math.random() * 50);
  }
}

/** Whether the process that wrote the lock still runs. An empty lock is one that is being written: it counts as held for a moment. */
async function isHeld(file: string): Promise<boolean> {
  const holder = read(file) || (await sleep(200), read(file));
  if (holder === undefined) return true;
  if (holder === '' || Number(holder) === process.pid) return false;
  return isAlive(Number(holder));
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
