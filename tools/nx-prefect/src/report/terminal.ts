import { cleanText } from '../core/clean-text';
import { closeSync, fstatSync, openSync, readFileSync, writeSync } from 'node:fs';
import { WriteStream, isatty } from 'node:tty';
import type { Style } from './style';

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

/** Lines of a report, whose parts are clean and may have colours: where Nx shows them, whatever its output style. */
export function show(lines: readonly string[]): void {
  if (lines.length === 0) return;
  const text = `${lines.join('\n')}\n`;
  if (!isHeldBack(process.env) || !throughNx((descriptor) => writeSync(descriptor, text))) process.stdout.write(text);
}

/** Whether Nx's own screen is up: there the output of a task is shown, and that of its batch is not. */
export function isTui(): boolean {
  return process.env['NX_TUI'] === 'true';
}

/** Colours and width as the terminal has them. Nx sets `FORCE_COLOR=true` for every batch: that says nothing. */
export function terminalStyle(): Style {
  const { NO_COLOR, FORCE_COLOR, COLUMNS } = process.env;
  let isTerminal = process.stdout.isTTY;
  if (!isTerminal) throughNx((descriptor) => (isTerminal = isatty(descriptor)));
  const width = Number(COLUMNS) || (isTerminal ? columns() : undefined);
  const forced = /^[123]$/.test(FORCE_COLOR ?? '');
  const forbidden = Boolean(NO_COLOR) || FORCE_COLOR === '0' || FORCE_COLOR === 'false';
  return { colours: !forbidden && (forced || isTerminal), ...(width === undefined ? {} : { width }) };
}

/**
 * Nx keeps what a batch prints to itself where it folds the output of tasks (GitHub Actions, unless it streams), and
 * in the output style `summary`; it then shows it only if a task fails.
 */
function isHeldBack({ GITHUB_ACTIONS, NX_SKIP_LOG_GROUPING, NX_STREAM_OUTPUT }: NodeJS.ProcessEnv): boolean {
  const folds = GITHUB_ACTIONS && NX_SKIP_LOG_GROUPING !== 'true' && NX_STREAM_OUTPUT !== 'true';
  return Boolean(folds) || /\0--output-?style[=\0]summary/i.test(commandLineOfNx());
}

function commandLineOfNx(): string {
  try {
    return readFileSync(`/proc/${process.ppid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

function columns(): number | undefined {
  if (process.stdout.isTTY) return process.stdout.columns;
  try {
    const stream = new WriteStream(openSync(STDOUT_OF_NX, 'a'));
    stream.unref();
    return stream.columns;
  } catch {
    return undefined;
  }
}

const STDOUT_OF_NX = `/proc/${process.ppid}/fd/1`;

/**
 * Gives the terminal or pipe that Nx writes to, where the system lets a process open it (Linux). Not a file: two
 * writers would overwrite each other's lines there.
 *
 * @returns whether there is one
 */
function throughNx(use: (descriptor: number) => void): boolean {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(STDOUT_OF_NX, 'a');
    if (fstatSync(descriptor).isFile()) return false;
    use(descriptor);
    return true;
  } catch {
    return false;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
