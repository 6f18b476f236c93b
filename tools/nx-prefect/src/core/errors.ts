import { cleanText } from './clean-text';
import type { ErrorCode } from './error-codes';
import { systemFailure } from './system-failures';

/** Where something went wrong: what a user would open. */
export interface Place {
  /** Nx project of the flow, for example `project_1-flow1`. */
  flow?: string;
  /** Path relative to the workspace root. */
  file?: string;
  /** 1-based. */
  line?: number;
}

export interface FlowErrorDetails extends Place {
  /** Stable word to search for, for example `no-flow`: `docs/reference/errors.md` explains each. */
  code: ErrorCode;
  /** One sentence: what happened. */
  what: string;
  /** One sentence: what to do next. */
  next: string;
  /** More lines for the reader, for example the user's own frames of a Python traceback. */
  detail?: string;
  cause?: unknown;
}

/** The one error that users see: what, where, what to do next. Never holds a secret: see {@link redact}. */
export class FlowError extends Error {
  override readonly name = 'FlowError';
  readonly code: ErrorCode;
  readonly what: string;
  readonly next: string;
  readonly place: Place;
  readonly detail: string | undefined;

  constructor({ code, what, next, detail, cause, ...place }: FlowErrorDetails) {
    super(oneEntry(`${location(place)}${what} ${next} [${code}]`), { cause });
    this.code = code;
    this.what = oneEntry(what);
    this.next = oneEntry(next);
    this.place = place;
    this.detail = detail === undefined ? undefined : safe(detail);
  }

  /** The text for a terminal: the clear line, then the detail if there is any. */
  format(): string {
    return this.detail ? `${this.message}\n${indent(this.detail)}` : this.message;
  }
}

/** What to print for anything thrown: a FlowError's own text, else the message (with its stack when `verbose`). */
export function formatError(error: unknown, verbose = false): string {
  if (error instanceof FlowError) return error.format();
  const failure = systemFailure(error);
  if (failure) return new FlowError(failure).format();
  const text = error instanceof Error ? (verbose && error.stack) || error.message : String(error);
  return safe(`Unexpected error: ${text}`);
}

/** Anything thrown as what programs read: with a code, and the place that is known. */
export function failureOf(error: unknown): FlowError {
  if (error instanceof FlowError) return error;
  const known = systemFailure(error);
  const what = error instanceof Error ? error.message : String(error);
  return new FlowError(known ?? { code: 'unexpected', what, next: 'Run the command with --verbose.', cause: error });
}

const SECRETS: readonly [RegExp, string][] = [
  [/\b(https?:\/\/)[^/\s:@]+:[^/\s@]+@/gi, '$1***@'],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]+/gi, '$1 ***'],
  [/\b(pnu|pnb)_[A-Za-z0-9]+/g, '$1_***'],
  [/\b(AKIA|ASIA)[A-Z0-9]{12,}/g, '$1***'],
];

const hidden = new Set<string>();

/** Keeps a value out of every message from now on. One of fewer than 6 characters would hide half of each text. */
export function hide(secret: string): void {
  if (secret.length >= 6) hidden.add(secret);
}

/**
 * Takes user:password of URLs, authorization headers, Prefect API keys, AWS access key ids and what is hidden out of a
 * text.
 */
export function redact(text: string): string {
  const rest = SECRETS.reduce((so, [pattern, replacement]) => so.replace(pattern, replacement), text);
  return [...hidden].reduce((so, secret) => so.replaceAll(secret, '***'), rest);
}

function safe(text: string): string {
  return cleanText(redact(text));
}

/** Further lines are indented: what a server or a flow says can't pass for a line of ours. */
function oneEntry(text: string): string {
  return safe(text).replace(/\n(?=.)/gs, '\n    ');
}

function location({ flow, file, line }: Place): string {
  const at = file && (line ? `${file}:${line}` : file);
  const place = [flow, at].filter(Boolean).join(' ');
  return place ? `${place}: ` : '';
}

function indent(text: string): string {
  return text.replace(/^/gm, '    ');
}
