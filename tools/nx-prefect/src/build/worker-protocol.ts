import type { Loaded } from '../engines/loaded';

/**
 * What Node and the Python worker say to each other: one JSON object a line, requests on the worker's standard
 * input, replies on its file descriptor 3 (flows may print; their output is caught and comes with the reply).
 * The other side is `python/nx_prefect_worker.py`.
 */

/** Load one flow file and say what it declares. */
export interface LoadRequest {
  id: string;
  /** Absolute path of the shipped copy: the directory a Prefect worker would run in. */
  root: string;
  /** The flow file, relative to `root`, with slashes: `flows/project_1/flow1/flow.py`. */
  path: string;
  /** `import` runs the file; `static` reads its syntax tree with Prefect 3's own readers (packages may be missing). */
  load: 'import' | 'static';
  /** Prefect 0.15 - 1.x: ship the flow's files, or the flow by value. */
  ship: 'script' | 'pickle';
  /** Absolute path of the script that holds the files of `root`; only Prefect 0.15 - 1.x loads it. */
  script?: string;
  /** Names of environment variables that the flow may see, with their values. */
  env: Record<string, string>;
}

/** Sent once when Prefect is imported, before the first reply. */
export interface WorkerReady {
  ready: true;
  /** Which engine reads the flows of this environment, by its name. */
  engine: string;
  /** Say `3.8.8`. */
  prefect: string;
  /** Say `3.11.7`. */
  python: string;
}

/** Sent instead of {@link WorkerReady} when no flow can be loaded here at all; the process ends. */
export interface WorkerFatal {
  fatal: {
    /** `prefect-not-found`, `prefect-unsupported`. */
    code: string;
    what: string;
    next: string;
  };
}

export interface LoadFailed {
  id: string;
  ok: false;
  error: {
    /**
     * `import-failed`, `syntax-error`, `module-not-found`, `system-exit`, `serve-at-import`, `network-at-import`,
     * `not-deterministic`, `integer-too-large`, `not-finite`, `parameter-not-json`, ...
     */
    code: string;
    what: string;
    next: string;
    /** Relative to `root`. */
    file: string;
    line: number | null;
    /** The traceback cut to frames inside `root`, paths relative to it; empty when there is none. */
    traceback: string;
    /** The whole traceback. */
    fullTraceback: string;
  };
  output: string;
}

/**
 * The flow can't share this process: a file of it is named like a module that an earlier flow loaded, or an installed
 * package holds on to an earlier flow's file. Never the answer to a process's first request: ask a new one.
 */
interface NeedsOwnProcess {
  id: string;
  ownProcess: true;
}

export type LoadReply = Loaded | LoadFailed | NeedsOwnProcess;
