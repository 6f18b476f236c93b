import type { ExecutorContext, Task } from '@nx/devkit';
import { FlowError } from '../core/errors';
import { buildOptionsOf } from './prepare';

/** Whether a task failed for want of a build of the source as it is now. */
export function isOutdated(error: unknown): boolean {
  return error instanceof FlowError && ['build-outdated', 'not-built'].includes(error.code);
}

/**
 * Builds again what an edit or another terminal overtook after Nx had hashed it. Nx may have stored that build under
 * the hash of the older source, and would bring it back at each run: without this, going back to that source could
 * never be registered.
 */
export async function* rebuilt(
  context: ExecutorContext,
  tasks: Task[],
): AsyncGenerator<{ task: Task; error?: unknown }> {
  if (tasks.length === 0) return;
  const builds = tasks.map((task) => {
    const { project, configuration } = task.target;
    const target = { project, target: 'build', ...(configuration === undefined ? {} : { configuration }) };
    return { task, id: `${project}:build`, target, options: buildOptionsOf(context, project, configuration) };
  });
  const { buildFlows } = await import('../build/build-flows.js');
  for await (const { task: id, error } of buildFlows(context, builds)) {
    const build = builds.find((one) => one.id === id);
    if (build) yield { task: build.task, error };
  }
}
