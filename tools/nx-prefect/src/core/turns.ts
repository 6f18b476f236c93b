import { linkSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { readTextIfThere } from './read-file';
import { writeWhole } from './write-file';

/** Of a holder on another machine or container nothing is known but that it renews its turn. In milliseconds. */
export const RENEWED = 20_000;
export const LEFT_BEHIND_AFTER = 300_000;

/** Turns that stay behind the last one. One would do where a folder is listed at once, as on Linux. */
const KEPT = 8;
const OVER = 'over';

/** @param holder what a turn's file says of its holder @param age of that file, in milliseconds */
export type IsDead = (holder: string, age: number) => boolean;

/**
 * Takes the next turn of a folder, unless somebody has one. Each turn is a file with the next number, and holding the
 * highest number is holding the lock. A dead holder's file is never removed by those who wait: the one who takes over
 * makes the next number, which one process alone can do. So nobody can remove a lock that somebody else just took,
 * which is how locks that remove what looks dead come to have two holders.
 *
 * - A turn is made whole, by a link to a file that is written already: no reader sees an empty one.
 * - Files of turns that are over stay until the next holders remove them. A process that slept since it saw the folder
 *   may then make an old number again. It looks once more, sees a higher one and gives up.
 *
 * @param holder what is told to those who wait
 * @param isDead whether the holder of a turn, with the age of its file in milliseconds, is gone
 * @returns a function that ends the turn, or who has it
 */
export function takeTurn(folder: string, holder: string, isDead: IsDead): (() => void) | { holder: string } {
  mkdirSync(folder, { recursive: true });
  const last = Math.max(0, ...turns(folder));
  if (last > 0) {
    const file = join(folder, String(last));
    const said = readTextIfThere(file);
    if (said === undefined) return { holder: '' };
    if (said !== OVER && !isDead(said, ageOf(file))) return { holder: said };
  }
  const own = last + 1;
  const file = join(folder, String(own));
  if (!make(folder, file, holder)) return { holder: readTextIfThere(file) ?? '' };
  if (turns(folder).some((turn) => turn > own)) {
    rmSync(file, { force: true });
    return { holder: '' };
  }
  for (const turn of turns(folder)) if (turn < own - KEPT) rmSync(join(folder, String(turn)), { force: true });
  sweep(folder);
  const renewing = setInterval(() => renew(file), RENEWED).unref();
  return () => {
    clearInterval(renewing);
    // In one step, and only where the turn is still this one's: another machine may have taken it for left behind.
    if (readTextIfThere(file) === holder) replace(folder, file, OVER);
  };
}

function turns(folder: string): number[] {
  return readdirSync(folder)
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number);
}

let drafts = 0;

function draft(folder: string, content: string): string {
  const file = join(folder, `draft-${process.pid}-${Date.now()}-${drafts++}`);
  writeWhole(file, content, { flag: 'wx' });
  return file;
}

/** @returns whether this process made it */
function make(folder: string, file: string, content: string): boolean {
  const written = draft(folder, content);
  try {
    linkSync(written, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(written, { force: true });
  }
}

function replace(folder: string, file: string, content: string): void {
  renameSync(draft(folder, content), file);
}

/** Drafts of processes that were killed. */
function sweep(folder: string): void {
  for (const entry of readdirSync(folder)) {
    const file = join(folder, entry);
    if (entry.startsWith('draft-') && ageOf(file) > LEFT_BEHIND_AFTER) rmSync(file, { force: true });
  }
}

export function renew(file: string): void {
  try {
    const now = new Date();
    utimesSync(file, now, now);
  } catch {
    // The folder was removed: so was the lock.
  }
}

/** In milliseconds since it was renewed; 0 when it is gone. */
export function ageOf(file: string): number {
  try {
    return Date.now() - statSync(file).mtimeMs;
  } catch {
    return 0;
  }
}
