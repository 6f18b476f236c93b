/** What the worker says of a flow file that it loaded; the rest is the engine's own. */
export interface Loaded {
  ok: true;
  /** Name of the engine that the environment holds. */
  engine: string;
  /** Names of environment variables that the flow's own code read while it was loaded, sorted; never the values. */
  environmentRead: string[];
  /** What was read beside the copy and Python's own folders. */
  opened: Opened[];
  /** Sentences for the user, say "queue.py is shadowed by the standard module queue". */
  warnings: string[];
  /** What source declares and nothing registers, for example a deployment bound to no name: a sentence for each. */
  unregistered: string[];
  /**
   * Values that the clock gave, each with a mark in its place (`clock-values.ts`). Absent = none; what Node makes of
   * the two loads, never sent by the worker.
   */
  clock?: unknown[];
  /** What ships by value, by flow name: it must load where the flow's files are not. */
  pickles?: Record<string, string>;
}

export interface Opened {
  /** Absolute; null for a program, which may read anything. */
  path: string | null;
  /** `flows/p/f/flow.py:3 opens /data/rates.csv` */
  what: string;
}
