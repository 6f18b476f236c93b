/** What the worker says of a flow file that it loaded; the rest is the engine's own. */
export interface Loaded {
  id: string;
  ok: true;
  /** Name of the engine that the environment holds. */
  engine: string;
  /** Names of environment variables that the flow's own code read while it was loaded, sorted; never the values. */
  environmentRead: string[];
  /**
   * Sentences for the user, say "queue.py is shadowed by the standard module queue", also of a deployment bound to no
   * name.
   */
  warnings: string[];
  /** What the flow printed while it was loaded (first load only), at most 10,000 characters. */
  output: string;
}
