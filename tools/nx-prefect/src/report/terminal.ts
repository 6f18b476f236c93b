import { cleanText } from '../core/clean-text';

/** The one file that writes to the terminal. What a batch returns for its tasks Nx shows by itself. */

/** A text without what a terminal would obey, for the plain form of an executor. */
export function write(text: string): void {
  process.stdout.write(cleanText(text));
}

/** A line for people, as it comes. */
export function say(line: string): void {
  write(`${line}\n`);
}

/** A line about the run, beside what it was asked for. */
export function sayAside(line: string): void {
  process.stderr.write(cleanText(`${line}\n`));
}
