import type { ErrorCode } from '../../core/error-codes';
import type { EngineRequest } from '../../engines/engine';
import type { Loaded } from '../../engines/loaded';

/**
 * What Node and the Python worker say to each other: requests on the worker's standard input, one JSON object a line,
 * replies framed on its file descriptor 3 (see `frames.ts`). The other side is `python/nx_prefect_worker.py`.
 */

/** Load one flow file and say what it declares. */
export interface LoadRequest extends EngineRequest {
  id: string;
  /** Absolute path of the shipped copy: the directory a Prefect worker would run in. */
  root: string;
  /** The flow file, relative to `root`, with slashes: `flows/project_1/flow1/flow.py`. */
  path: string;
  /** `import` runs the file; `static` reads its syntax tree with Prefect 3's own readers (packages may be missing). */
  load: 'import' | 'static';
  /** Prefect 0.15 - 1.x: ship the flow's files, or the flow by value. */
  ship: 'script' | 'pickle';
  /** Names of environment variables that the flow may see, with their values. */
  env: Record<string, string>;
  /** Only for a worker of the second load. */
  clock?: ShiftedClock;
  /** Load these, {@link Loaded.pickles}, and nothing of `root`. */
  pickles?: Record<string, string>;
}

export interface ShiftedClock {
  /** Seconds that the flow's clock shows more than the machine's. */
  ahead: number;
  /** Where the machine's clock stands still for the flow, in seconds since 1970; null = it goes on. */
  stopped: number | null;
}

/** What became of one load: sent by the process that watched the one which loaded the flow. */
export interface LoadReport {
  /** `exit code 0`, `signal SIGSEGV`; `late` = ended at the time limit. */
  ended: string;
  /** What the flow printed, its last 64 KiB. */
  output: string;
  /** faulthandler's stacks of a crash or a hang, innermost frame first. */
  stacks: string;
  /** JSON of a {@link LoadReply}; null when the process gave none. Only to be believed with `exit code 0`. */
  reply: string | null;
}

/** Sent once when Prefect is imported, before the first reply. */
export interface WorkerReady {
  ready: true;
  /** Which engine reads the flows of this environment, by its name. */
  engine: string;
}

/** Sent instead of {@link WorkerReady} when no flow can be loaded here at all; the process ends. */
export interface WorkerFatal {
  fatal: {
    /** `prefect-not-found`, `prefect-unsupported`. */
    code: ErrorCode;
    what: string;
    next: string;
  };
}

export interface LoadFailed {
  ok: false;
  error: {
    /** For example `import-failed`; only to be believed after `isErrorCode`. */
    code: ErrorCode;
    what: string;
    next: string;
    /** Names of environment variables that packages asked for and the build does not have. */
    missing?: string[];
    /** Relative to `root`. */
    file: string;
    line: number | null;
    /** The traceback cut to frames inside `root`, paths relative to it; empty when there is none. */
    traceback: string;
    /** The whole traceback. */
    fullTraceback: string;
  };
}

export type LoadReply = Loaded | LoadFailed;
