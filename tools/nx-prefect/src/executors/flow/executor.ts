import type { ExecutorContext, Task, TaskGraph } from '@nx/devkit';
import { FlowError } from '../../core/errors';
import { lockCheckout } from '../../core/run-lock';
import { exactOptionsOf } from '../../options/exact-text';
import { sayAside } from '../../report/terminal';
import { type Outcome, type Verb, failed } from '../../verbs/outcome';
import { type BatchImplementation, type TaskOutcome, single, toNx } from '../batch';
import { reported } from '../reports';

/**
 * By target, in the order in which they run where the tasks leave it open; loaded when there is something to do for
 * them.
 */
const VERBS = new Map<string, () => Promise<Verb>>([
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
    if (tasks.some(({ target }) => target.target === 'register')) unlock = await lockCheckout(context.root, sayAside);
    yield* run(taskGraph, exactOptionsOf(tasks, options), context);
  } catch (error) {
    for (const { id } of tasks) yield toNx(failed(id, error), startTime);
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
    const target = [...VERBS.keys()].find((name) => ready.some((task) => task.target.target === name));
    const now = target === undefined ? ready : ready.filter((task) => task.target.target === target);
    const possible = now.filter(({ id }) => !dependsOn(id, unsuccessful));
    for (const { id } of now) {
      waiting.delete(id);
      unsuccessful.add(id);
    }
    if (possible.length === 0) continue;
    const startTime = Date.now();
    const all = outcomes(target, possible, options, context);
    const isPart = target === 'build' && waiting.size > 0;
    for await (const outcome of reported(target ?? 'build', possible, options, context, all, isPart)) {
      if (outcome.kind !== 'failed') unsuccessful.delete(outcome.task);
      yield toNx(outcome, startTime);
    }
  }
}

/** One outcome a task, also where a verb throws: then the others of the batch keep theirs. */
async function* outcomes(
  target: string | undefined,
  tasks: Task[],
  options: Record<string, unknown>,
  context: ExecutorContext,
): AsyncGenerator<Outcome> {
  const waiting = new Set(tasks.map(({ id }) => id));
  try {
    const verb = await (VERBS.get(target ?? '')?.() ?? refuse);
    for await (const outcome of verb(tasks, options, context)) {
      waiting.delete(outcome.task);
      yield outcome;
    }
  } catch (error) {
    for (const id of waiting) yield failed(id, error);
  }
}

const refuse: Verb = async function* (tasks) {
  for (const { id, target } of tasks) {
    const error = new FlowError({
      code: 'unknown-target',
      flow: target.project,
      what: `The executor nx-prefect:flow does nothing for a target called "${target.target}".`,
      next: `Call it one of ${[...VERBS.keys()].join(', ')}; for another server or pool, give that a configuration.`,
    });
    yield failed(id, error);
  }
};
