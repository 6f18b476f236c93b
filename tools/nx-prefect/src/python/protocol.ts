/**
 * What Node and the Python worker say to each other: requests on the worker's standard input, one JSON object a line,
 * replies framed on its file descriptor 3 (see `frames.ts`). The other side is `python/nx_prefect_worker.py`.
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
  /** Only for a worker of the second load. */
  clock?: ShiftedClock;
  /** Load these, {@link LoadedPrefect1.pickles}, and nothing of `root`. */
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

/** Which Prefect an environment holds: 0.15 - 1.x, or 3. */
export type Engine = 'prefect1' | 'prefect3';

/** Sent once when Prefect is imported, before the first reply. */
export interface WorkerReady {
  ready: true;
  engine: Engine;
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

/** One flow object of the module, in the order of its attributes in the module. */
export interface FlowObject {
  /** The module's attribute that holds it; null for a flow defined in the file and bound to no attribute. */
  attribute: string | null;
  /** Prefect's name of the flow: `flow.name`. */
  flowName: string;
  /** 1-based line of its function in its file. */
  line: number;
  /** Whether its function is defined in this very file. */
  definedHere: boolean;
  /** Whether another function of this file refers to it: then it is a subflow. */
  calledHere: boolean;
  description: string | null;
  /** The version that the flow gives itself; null where Prefect would only make one up. */
  version: string | null;
  parameterOpenapiSchema: Record<string, unknown>;
}

/**
 * One deployment made in code with `flow.to_deployment(...)` and held by a module attribute (also inside a list or
 * tuple).
 */
export interface DeploymentObject {
  /** `nightly`, or the way into a list, tuple or dict: `many[0]`, `by_name['b']`. */
  attribute: string;
  /** The attribute of the flow that it deploys; null when no attribute of the module holds that flow. */
  flowAttribute: string | null;
  flowName: string;
  /** The fields that the call really gave, under their REST names, ready for JSON. */
  fields: DeclaredFields;
}

/** What source can declare of a deployment, under Prefect's REST names. Absent = not declared. */
export interface DeclaredFields {
  name?: string;
  description?: string | null;
  version?: string | null;
  tags?: string[];
  parameters?: Record<string, unknown>;
  enforce_parameter_schema?: boolean;
  /** Text: a placeholder of a `prefect.yaml`. */
  paused?: boolean | string;
  schedules?: DeclaredSchedule[];
  concurrency_limit?: number | null;
  concurrency_options?: Record<string, unknown> | null;
  work_pool_name?: string | null;
  work_queue_name?: string | null;
  job_variables?: Record<string, unknown>;
}

export interface DeclaredSchedule {
  /**
   * `{cron, timezone?, day_or?}`, `{interval (seconds), anchor_date?, timezone?}` or `{rrule, timezone?}`; `rrule` as
   * it was written, often without DTSTART.
   */
  schedule: Record<string, unknown>;
  /** Absent = not declared; text: a placeholder of a `prefect.yaml`. */
  active?: boolean | string;
  slug?: string;
  parameters?: Record<string, unknown>;
  max_scheduled_runs?: number;
  /** Slug of the schedule that this one replaces: Prefect's way to rename a slug. */
  replaces?: string;
}

/** One flow object of Prefect 0.15 - 1.x that an attribute of the flow file holds. */
export interface Prefect1Flow {
  attribute: string;
  flowName: string;
  /** 1-based line of flow.py that makes it; null when another file does. */
  line: number | null;
  /**
   * The library's own `flow.serialize()`, its edges in a fixed order; `storage` as the flow set it, null where it set
   * none.
   */
  serializedFlow: SerializedFlow;
  /**
   * `default`: it sets no storage. `ready`: its storage is complete. `build`: `nx_prefect_storage.py` has to build it.
   */
  storage: 'default' | 'ready' | 'build';
  /** Labels that its storage adds to its run config's, but for the host's name. */
  storageLabels: string[];
}

/** JSON; what Prefect 0.15 - 1.x registers. */
export interface SerializedFlow {
  name: string;
  storage: Record<string, unknown> | null;
  run_config: Record<string, unknown> | null;
  /** Prefect 0.15 only. */
  environment?: Record<string, unknown> | null;
  [field: string]: unknown;
}

export type Loaded = LoadedPrefect1 | LoadedPrefect3;

export interface LoadedPrefect3 extends LoadedCommon {
  engine: 'prefect3';
  flows: FlowObject[];
  deployments: DeploymentObject[];
}

export interface LoadedPrefect1 extends LoadedCommon {
  engine: 'prefect1';
  flows: Prefect1Flow[];
  /** With `ship: pickle`, each flow's name and the text that the library stores of it. */
  pickles: Record<string, string>;
}

interface LoadedCommon {
  ok: true;
  /**
   * Values that the clock gave, each with a mark in its place (`clock-values.ts`). Absent = none; what Node makes of
   * the two loads, never sent by the worker.
   */
  clock?: unknown[];
  /** Names of environment variables that the flow's own code read while it was loaded, sorted; never the values. */
  environmentRead: string[];
  /**
   * Sentences for the user, say "queue.py is shadowed by the standard module queue", also of a deployment bound to no
   * name.
   */
  warnings: string[];
}

export interface LoadFailed {
  ok: false;
  error: {
    /**
     * `import-failed`, `syntax-error`, `module-not-found`, `system-exit`, `serve-at-import`, `network-at-import`,
     * `integer-too-large`, `not-finite`, `parameter-not-json`, ...
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
}

export type LoadReply = Loaded | LoadFailed;
