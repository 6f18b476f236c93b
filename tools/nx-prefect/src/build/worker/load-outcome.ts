import { realpathSync } from 'node:fs';
import { type ErrorCode, isErrorCode } from '../../core/error-codes';
import { FlowError } from '../../core/errors';
import type { Loaded } from '../../engines/loaded';
import type { LoadFailed, LoadReply, LoadReport, LoadRequest } from './worker-protocol';

/** The final word on one request. */
export type LoadOutcome = LoadSucceeded | LoadRefused;

export interface LoadSucceeded {
  id: string;
  loaded: Loaded;
  /** What the flow printed while it was loaded the first time, its last 10,000 characters. */
  output: string;
}

export interface LoadRefused {
  id: string;
  error: Error;
  /** What the flow printed. */
  output: string;
  /** The whole Python traceback, for `--verbose`; empty when there is none. */
  fullTraceback: string;
}

/** Characters of a flow's output that are shown. */
const SHOWN = 10_000;

/** What a load said, or why it said nothing. */
export function outcomeOf(request: LoadRequest, report: LoadReport, timeLimit: number): LoadOutcome {
  const { id } = request;
  const output = report.output.slice(-SHOWN);
  const reply = report.ended === 'exit code 0' ? parsed(report.reply) : undefined;
  if (reply?.ok) return { id, loaded: reply, output };
  if (reply) return { id, error: errorOf(reply), output, fullTraceback: reply.error.fullTraceback };
  const error = new FlowError({ ...failureOf(report, timeLimit), ...placeIn(report.stacks, request) });
  return { id, error, output, fullTraceback: report.stacks };
}

/** A flow can patch what makes the reply, so its text and its code may be anything. */
function parsed(reply: string | null): LoadReply | undefined {
  try {
    const value = JSON.parse(reply ?? '') as LoadReply | null;
    return value?.ok === true || (value?.ok === false && isErrorCode(value.error?.code)) ? value : undefined;
  } catch {
    return undefined;
  }
}

function errorOf({ error: { code, what, next, missing = [], file, line, traceback } }: LoadFailed): FlowError {
  return new FlowError({
    code,
    what,
    next: `${hintOf(missing)}${next}`,
    file,
    ...(line && { line }),
    ...(traceback && { detail: traceback }),
  });
}

/** Packages look for many variables; one that this machine has may be why the file loads here and not in the build. */
function hintOf(missing: string[]): string {
  const here = missing.filter((name) => process.env[name] !== undefined);
  if (here.length === 0) return '';
  return (
    `A package asked for ${here.join(', ')}, which is set on this machine but not in the build: ` +
    'name it in the option `buildEnv` if the load needs it. '
  );
}

function failureOf({ ended }: LoadReport, timeLimit: number): { code: ErrorCode; what: string; next: string } {
  if (ended === 'late') {
    return {
      code: 'time-limit',
      what: `Loading the flow took longer than ${timeLimit} s.`,
      next: 'Move what waits or computes into the flow or a task, or raise the option `timeLimit`.',
    };
  }
  const silent = ended === 'exit code 0' || ended === 'exit code 1';
  return {
    code: 'worker-died',
    what: `Python ended while it loaded the flow${silent ? ', without a readable answer' : ''} (${ended}).`,
    next: silent
      ? 'Look for what ends Python (`os._exit`), closes file descriptors, ' +
        "or replaces functions of Python's own modules."
      : 'Look for `os._exit`, or for a package that crashes when it is imported; ' +
        '`load: static` reads the file without running it.',
  };
}

/** faulthandler's own words: `File "/copy/flows/p/f/flow.py", line 3 in <module>`, innermost frame first. */
function placeIn(stacks: string, { root, path }: LoadRequest): { file: string; line?: number } {
  for (const [, file, line] of stacks.matchAll(/File "([^"\n]+)", line (\d+) in /g)) {
    for (const top of [root, realpathSync(root)]) {
      if (file?.startsWith(top)) return { file: file.slice(top.length + 1).replaceAll('\\', '/'), line: Number(line) };
    }
  }
  return { file: path };
}
