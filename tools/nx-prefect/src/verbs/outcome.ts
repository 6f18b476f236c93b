import type { ExecutorContext, Task } from '@nx/devkit';
import { failureLines } from '../report/failure-lines';
import type { Result, ServerFound } from '../report/result';

/** What became of one task. */
export interface Outcome {
  task: string;
  /** `unchanged`: there was nothing to do. */
  kind: 'done' | 'unchanged' | 'failed';
  /** What is printed of it. */
  lines: string[];
  /** The same for the report of the run. */
  results: Result[];
  /** Where it was, or would be, registered. */
  server?: ServerFound;
}

/** What a target does, for all flows of a run. `options` are by task id, as Nx gives them. One outcome a task. */
export type Verb = (
  tasks: Task[],
  options: Record<string, unknown>,
  context: ExecutorContext,
) => AsyncGenerator<Outcome>;

/** A task that failed without further details. */
export function failed(task: string, error: unknown): Outcome {
  const result: Result = { title: projectOf(task), action: 'failed', error, fields: [], notes: [] };
  return { task, kind: 'failed', lines: failureLines(error), results: [result] };
}

/** `sales` of `sales:register:production`. */
export function projectOf(task: string): string {
  return task.split(':', 1)[0]!;
}
