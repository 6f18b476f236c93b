import type { ExecutorContext, Task, TaskGraph } from '@nx/devkit';
import type { z } from 'zod';
import { FlowError, formatError } from '../errors';

/** Statuses that Nx shows for a task. The third is outside Nx's typed union: see {@link upToDate}. */
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

/** A part of a batch. `options` are by task id, as Nx gives them. */
export type Step = (
  tasks: Task[],
  options: Record<string, unknown>,
  context: ExecutorContext,
) => AsyncGenerator<TaskOutcome>;

export function succeeded(task: string, startTime: number, lines: string[]): TaskOutcome {
  return { task, result: { success: true, terminalOutput: text(lines), startTime, endTime: Date.now() } };
}

/** @param reason an error, or lines that say it already */
export function failed(task: string, startTime: number, reason: unknown, before: string[] = []): TaskOutcome {
  const lines = isLines(reason) ? reason : [formatError(reason, process.env['NX_VERBOSE_LOGGING'] === 'true')];
  return {
    task,
    result: { success: false, terminalOutput: text([...before, ...lines]), startTime, endTime: Date.now() },
  };
}

function isLines(reason: unknown): reason is string[] {
  return Array.isArray(reason);
}

/**
 * Nx shows the task as `[existing outputs match the cache, left as is]` and counts it as a hit (seen with Nx 24.0.6).
 * Without times: for its report Nx compares each task of a batch that has some with all others, at 3,000 flows for 9 of
 * 31 seconds of CPU.
 */
export function upToDate(task: string, lines: string[]): TaskOutcome {
  return { task, result: { success: true, terminalOutput: text(lines), status: 'local-cache-kept-existing' } };
}

/** Options of one task, from an executor's schema. @throws FlowError `bad-option` that names task and option */
export function parseOptions<T>(
  schema: { safeParse(value: unknown): z.ZodSafeParseResult<T> },
  task: string,
  options: unknown,
): T {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const name = issue?.path.join('.');
  throw new FlowError({
    code: 'bad-option',
    flow: task,
    what: `${name ? `The option "${name}"` : 'An option'} is not right: ${issue?.message ?? 'unknown reason'}.`,
    next: `See: nx run ${task} --help`,
  });
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
      process.stdout.write(result.terminalOutput);
      success &&= result.success;
    }
    return { success };
  };
}

function text(lines: string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
