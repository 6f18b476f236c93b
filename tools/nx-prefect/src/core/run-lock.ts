import { mkdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FlowError } from './errors';
import { isStill, startOf, pidNamespace } from './process';
import { readTextIfThere } from './read-file';
import { ageOf, LEFT_BEHIND_AFTER, RENEWED, renew, takeTurn } from './turns';
import { writeWhole } from './write-file';

/** In milliseconds. */
const BEFORE_A_WORD = 2000;
const AT_MOST = 600_000;

/**
 * Lets one `register` at a time work on a checkout: two terminals then end with what the source says last, because the
 * later one checks its build against the source while nobody else writes. A lock of a process that died is taken over;
 * one of another machine or container that nobody renews, after five minutes.
 *
 * Two locks in one: the turns decide, `.register.lock` shows it to people and to older versions of this plugin. Only
 * who has the turn touches that file.
 * @param say what is told where it has to wait
 * @returns a function that gives the lock back
 * @throws FlowError `checkout-locked` after ten minutes
 */
export async function lockCheckout(workspaceRoot: string, say: (line: string) => void): Promise<() => void> {
  const file = join(workspaceRoot, 'dist', '.register.lock');
  const turns = join(workspaceRoot, 'dist', '.register.turns');
  const mine = identity(process.pid);
  mkdirSync(dirname(file), { recursive: true });
  const waiting = new Waiting(say);
  const turn = await waiting.until(() => {
    const taken = takeTurn(turns, `${mine}, turn ${process.hrtime.bigint()}`, isDead);
    return typeof taken === 'function' ? taken : taken.holder.replace(/, turn \d+$/, '');
  });
  try {
    await waiting.until(() => {
      const holder = readTextIfThere(file);
      if (holder !== undefined && !isDead(holder, ageOf(file))) return holder;
      writeWhole(file, mine);
      return () => undefined;
    });
  } catch (error) {
    turn();
    throw error;
  }
  const renewing = setInterval(() => {
    if (readTextIfThere(file) === mine) renew(file);
  }, RENEWED).unref();
  return () => {
    clearInterval(renewing);
    if (readTextIfThere(file) === mine) rmSync(file, { force: true });
    turn();
  };
}

/** Tries again until it is not told who is in the way. */
class Waiting {
  readonly #since = Date.now();
  #said = false;

  constructor(readonly say: (line: string) => void) {}

  async until(attempt: () => (() => void) | string): Promise<() => void> {
    for (;;) {
      const answer = attempt();
      if (typeof answer === 'function') return answer;
      const waited = Date.now() - this.#since;
      if (waited > AT_MOST) throw stillLocked(answer);
      if (waited > BEFORE_A_WORD && !this.#said) {
        this.#said = true;
        this.say(`Waiting for another registration of this checkout to end (${answer}${elsewhere(answer)}).`);
      }
      await sleep(50 + Math.random() * 50);
    }
  }
}

function stillLocked(holder: string): FlowError {
  return new FlowError({
    code: 'checkout-locked',
    file: 'dist/.register.lock',
    what: `Another registration of this checkout did not end within ten minutes (${holder}).`,
    next: 'End it; if there is none, delete the file and the folder dist/.register.turns.',
  });
}

function elsewhere(holder: string): string {
  const isHere = placeOf(holder) === hostname();
  return isHere
    ? ''
    : `; a lock that another machine or container left behind counts for ${LEFT_BEHIND_AFTER / 60_000} minutes`;
}

/** Host, process and when it started: in containers ids of processes come again. */
function identity(pid: number): string {
  return `process ${pid} on ${hostname()}, start ${startOf(pid)}${namespace()}`;
}

/** Containers that share the machine's name have ids of their own. Empty where the system has no such thing. */
function namespace(): string {
  const id = pidNamespace();
  return id && `, in pid:[${id}]`;
}

function placeOf(holder: string): string | undefined {
  return /^process \d+ on (.+), start /.exec(holder)?.[1];
}

/**
 * Whether the process that wrote a lock is gone. Of a process on another machine, or in another container, which shares
 * the folder, only the age of its lock is known: it renews it. A lock that says nothing is one of a process that was
 * killed while it wrote.
 */
function isDead(holder: string, age: number): boolean {
  const [, pid, host, start, inNamespace = ''] = /^process (\d+) on (.+), start (\w*)(, in [^,]+)?/.exec(holder) ?? [];
  if (pid === undefined) return true;
  if (host !== hostname() || (inNamespace && inNamespace !== namespace())) return age > LEFT_BEHIND_AFTER;
  return !isStill(Number(pid), start);
}
