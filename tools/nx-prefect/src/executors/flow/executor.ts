import type { ExecutorContext, Task, TaskGraph } from '@nx/devkit';
import { FlowError } from '../../core/errors';
import { lockCheckout } from '../../core/run-lock';
import { type BatchImplementation, failed, single, type Step, type TaskOutcome } from '../batch';

/**
 * By target, in the order in which they run where the tasks leave it open; loaded when there is something to do for
 * them.
 */
const STEPS = new Map<string, () => Promise<Step>>([
  ['build', async () => (await import('../../verbs/build.js')).build],
  ['plan', async () => (await import('../../verbs/plan.js')).plan],
  ['register', async () => (await import('../../verbs/register.js')).register],
]);

/**
 * A flow's targets. Nx makes a batch of one executor's tasks, and starts a process for it: with an executor for each
 * target, a run in which some builds come from the cache and some don't would start three processes and read the server
 * twice.
 */
export const batch: BatchImplementation = async function* (taskGraph, options, _overrides, context) {
  const startTime = Date.now();
  const tasks = Object.values(taskGraph.tasks);
  let unlock: (() => void) | undefined;
  try {
    // Builds that are registered have to stay as they are until then.
    if (tasks.some(({ target }) => target.target === 'register')) unlock = await lockCheckout(context.root);
    yield* run(taskGraph, options, context);
  } catch (error) {
    for (const { id } of tasks) yield failed(id, startTime, error);
  } finally {
    unlock?.();
  }
};

export default single(batch);

/**
 * Tasks whose dependencies have ended, all of one target at once. What depends on one that failed is left out: Nx skips
 * it.
 */
async function* run(
  { tasks, dependencies }: TaskGraph,
  options: Record<string, unknown>,
  context: ExecutorContext,
): AsyncGenerator<TaskOutcome> {
  const waiting = new Map(Object.entries(tasks));
  const unsuccessful = new Set<string>();
  const dependsOn = (id: string, some: { has(id: string): boolean }) =>
    dependencies[id]?.some((dependency) => some.has(dependency.id)) ?? false;
  while (waiting.size > 0) {
    const ready = [...waiting.values()].filter(({ id }) => !dependsOn(id, waiting));
    const target = [...STEPS.keys()].find((name) => ready.some((task) => task.target.target === name));
    const now = target === undefined ? ready : ready.filter((task) => task.target.target === target);
    const possible = now.filter(({ id }) => !dependsOn(id, unsuccessful));
    for (const { id } of now) {
      waiting.delete(id);
      unsuccessful.add(id);
    }
    if (possible.length === 0) continue;
    for await (const outcome of outcomes(target, possible, options, context)) {
      if (outcome.result.success) unsuccessful.delete(outcome.task);
      yield outcome;
    }
  }
}

/** One outcome a task, also where a step throws: then the others of the batch keep theirs. */
async function* outcomes(
  target: string | undefined,
  tasks: Task[],
  options: Record<string, unknown>,
  context: ExecutorContext,
): AsyncGenerator<TaskOutcome> {
  const startTime = Date.now();
  const waiting = new Set(tasks.map(({ id }) => id));
  try {
    const step = await (STEPS.get(target ?? '')?.() ?? refuse);
    for await (const outcome of step(tasks, options, context)) {
      waiting.delete(outcome.task);
      yield outcome;
    }
  } catch (error) {
    for (const id of waiting) yield failed(id, startTime, error);
  }
}

const refuse: Step = async function* (tasks) {
  const startTime = Date.now();
  for (const {
    id,
    target: { project, target },
  } of tasks) {
    const error = new FlowError({
      code: 'unknown-target',
      flow: project,
      what: `The executor nx-prefect:flow does nothing for a target called "${target}".`,
      next: `Call it one of ${[...STEPS.keys()].join(', ')}; for another server or pool, give that a configuration.`,
    });
    yield failed(id, startTime, error);
  }
};
