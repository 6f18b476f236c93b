import type { ExecutorContext, Task } from '@nx/devkit';

/** What became of one task. */
export interface Outcome {
  task: string;
  /** `unchanged`: there was nothing to do. */
  kind: 'done' | 'unchanged' | 'failed';
  /** What is printed of it. */
  lines: string[];
}

/** What a target does, for all flows of a run. `options` are by task id, as Nx gives them. One outcome a task. */
export type Verb = (
  tasks: Task[],
  options: Record<string, unknown>,
  context: ExecutorContext,
) => AsyncGenerator<Outcome>;
