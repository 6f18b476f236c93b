import type { Edges, Plan } from './plan';

/** What a contestant tells of itself after a command; seconds and MB. */
export interface Inside {
  seconds: number;
  cpu: number;
  peak: number;
}

/** One way to learn what each flow depends on, in a workspace of its own. */
export interface Contestant {
  readonly name: string;
  /** What stands behind the name, with its version. */
  readonly what: string;
  /** Once, before anything is measured. */
  install?(): void;
  /** Writes what its workspace needs beside the plan's files. */
  prepare(plan: Plan, root: string): Record<string, string>;
  /** Everything that it keeps between two commands goes. */
  forget(root: string): void;
  command(root: string): readonly string[];
  /** Goes to the command's standard input; `edited` is the one file that changed. */
  input?(plan: Plan, edited: string | undefined): string;
  /**
   * What it found, of the last command. Undefined where it looks for none; a kind of edges that it knows nothing of is
   * left out.
   */
  found(plan: Plan, root: string, output: string): Promise<Partial<Edges> | undefined>;
  /** Whether `found` costs as much as the command: then it is asked in the first run only. */
  readonly foundIsSlow?: boolean;
  inside?(root: string, output: string): Inside | undefined;
  /** Ends its daemon. */
  stop?(root: string): void;
}
