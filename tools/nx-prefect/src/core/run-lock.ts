import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FlowError } from './errors';
import { isAlive, startOf } from './process';
import { readTextIfThere } from './read-file';

/** About two seconds, and about ten minutes. */
const WAITS_BEFORE_A_WORD = 25;
const WAITS_AT_MOST = 8000;

/**
 * Lets one `register` at a time work on a checkout: two terminals then end with what the source says last, because the
 * later one checks its build against the source while nobody else writes. A lock of a process that died is taken over.
 * @param say what is told where it has to wait
 * @returns a function that gives the lock back
 * @throws FlowError `checkout-locked` after ten minutes
 */
export async function lockCheckout(workspaceRoot: string, say: (line: string) => void): Promise<() => void> {
  const file = join(workspaceRoot, 'dist', '.register.lock');
  const mine = identity(process.pid);
  mkdirSync(dirname(file), { recursive: true });
  for (let waits = 0; waits < WAITS_AT_MOST; waits++) {
    try {
      writeFileSync(file, mine, { flag: 'wx' });
      return () => {
        if (readTextIfThere(file) === mine) rmSync(file, { force: true });
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (!(await isHeld(file))) rmSync(file, { force: true });
    }
    if (waits === WAITS_BEFORE_A_WORD)
      say(`Waiting for another registration of this checkout to end (${readTextIfThere(file)}).`);
    await sleep(50 + Math.random() * 50);
  }
  throw new FlowError({
    code: 'checkout-locked',
    file: 'dist/.register.lock',
    what: `Another registration of this checkout has not ended for ten minutes (${readTextIfThere(file)}).`,
    next: 'End it; if there is none, delete the file.',
  });
}

/** Host, process and when it started: in containers ids of processes come again. */
function identity(pid: number): string {
  return `process ${pid} on ${hostname()}, start ${startOf(pid)}`;
}

/**
 * Whether the process that wrote the lock still runs. An empty lock is one that is being written: it counts as held for
 * a moment.
 */
async function isHeld(file: string): Promise<boolean> {
  const holder = readTextIfThere(file) || (await sleep(200), readTextIfThere(file));
  if (holder === undefined) return true;
  const [, pid, host] = /^process (\d+) on (.+), start /.exec(holder) ?? [];
  if (pid === undefined) return false;
  // Of a process on another host, which shares the folder, nothing can be known here.
  return host !== hostname() || (isAlive(Number(pid)) && holder === identity(Number(pid)));
}
