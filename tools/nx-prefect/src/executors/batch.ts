import type { ExecutorContext, TaskGraph } from '@nx/devkit';
import { cleanText } from '../core/clean-text';
import { write } from '../report/terminal';
import type { Outcome } from '../verbs/outcome';

/** Statuses that Nx shows for a task. The third is outside Nx's typed union: see {@link toNx}. */
type Status = 'success' | 'failure' | 'local-cache-kept-existing';

export interface TaskOutcome {
  task: string;
  result: { success: boolean; terminalOutput: string; startTime?: number; endTime?: number; status?: Status };
}

/** The signature of Nx's batch implementations, with results as they come. */
export type BatchImplementation = (
  taskGraph: TaskGraph,
  options: Record<string, unknown>,
  overrides: Record<string, unknown>,
  context: ExecutorContext,
) => AsyncGenerator<TaskOutcome>;

/**
 * An outcome as Nx takes it.
 *
 * What was unchanged Nx shows as `[existing outputs match the cache, left as is]` and counts as a hit (seen with Nx
 * 24.0.6). It has no times: for its report Nx compares each task of a batch that has some with all others, at 3,000
 * flows for 9 of 31 seconds of CPU.
 */
export function toNx({ task, kind, lines }: Outcome, startTime: number): TaskOutcome {
  const terminalOutput = cleanText(lines.map((line) => `${line}\n`).join(''));
  if (kind === 'unchanged')
    return { task, result: { success: true, terminalOutput, status: 'local-cache-kept-existing' } };
  return { task, result: { success: kind === 'done', terminalOutput, startTime, endTime: Date.now() } };
}

/**
 * The plain form of a batch implementation, for `--batch=false`: the same code on one task.
 * @returns an Nx executor
 */
export function single(batch: BatchImplementation) {
  return async (options: unknown, context: ExecutorContext): Promise<{ success: boolean }> => {
    const id = [context.projectName, context.targetName, context.configurationName].filter(Boolean).join(':');
    const task = context.taskGraph?.tasks[id];
    const taskGraph = {
      roots: [id],
      dependencies: {},
      continuousDependencies: {},
      tasks: {
        [id]: task ?? {
          id,
          target: { project: context.projectName ?? '', target: context.targetName ?? '' },
          overrides: {},
          outputs: [],
          parallelism: true,
        },
      },
    } as TaskGraph;
    let success = true;
    for await (const { result } of batch(taskGraph, { [id]: options }, task?.overrides ?? {}, context)) {
      write(result.terminalOutput);
      success &&= result.success;
    }
    return { success };
  };
}
