import type { Task } from '@nx/devkit';
import { FlowError } from '../../errors';
import { type BatchImplementation, failed, single, type Step } from '../batch';

/** By target, in their order; loaded when there is something to do for them. */
const STEPS: Record<string, () => Promise<Step>> = {
  build: async () => (await import('./build.js')).build,
  plan: async () => (await import('./plan.js')).plan,
  register: async () => (await import('./register.js')).register,
};

/**
 * A flow's targets. Nx makes a batch of one executor's tasks, and starts a process for it: with an executor for each target, a run in
 * which some builds come from the cache and some don't would start three processes and read the server twice.
 * What depends on a task that failed is left out, and Nx skips it.
 */
export const batch: BatchImplementation = async function* (taskGraph, options, _overrides, context) {
  const startTime = Date.now();
  const tasks = Object.values(taskGraph.tasks);
  for (const task of tasks) if (!(task.target.target in STEPS)) yield failed(task.id, startTime, unknownTarget(task));
  const broken = new Set<string>();
  for (const [target, load] of Object.entries(STEPS)) {
    const ready = tasks.filter((task) => task.target.target === target && !taskGraph.dependencies[task.id]?.some(({ id }) => broken.has(id)));
    if (ready.length === 0) continue;
    const step = await load();
    for await (const outcome of step(ready, options, context)) {
      if (!outcome.result.success) broken.add(outcome.task);
      yield outcome;
    }
  }
};

export default single(batch);

function unknownTarget({ target: { project, target } }: Task): FlowError {
  return new FlowError({
    code: 'unknown-target',
    flow: project,
    what: `The executor nx-prefect:flow does nothing for a target called "${target}".`,
    next: `Call it one of ${Object.keys(STEPS).join(', ')}; for another server or pool, give that a configuration.`,
  });
}
