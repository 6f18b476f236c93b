import { failureLines } from '../report/failure-lines';
import { planLines, unregisteredLines } from '../report/registration-lines';
import type { Verb } from './outcome';
import { planTasks } from './plan-tasks';

/** Shows what `register` would do; writes nothing. */
export const plan: Verb = async function* (tasks, options, context) {
  for (const one of await planTasks(tasks, options, context)) {
    if ('error' in one) yield { task: one.task, kind: 'failed', lines: failureLines(one.error) };
    else {
      const lines = [...planLines(one), ...unregisteredLines(one.unregistered)];
      yield { task: one.task, kind: one.planned.some(isError) ? 'failed' : 'done', lines };
    }
  }
};

function isError(planned: unknown): boolean {
  return planned instanceof Error;
}
