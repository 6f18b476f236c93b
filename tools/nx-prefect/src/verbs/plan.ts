import { type FailOn, schema } from '../options/plan-options';
import { planLines, plannedResults } from '../report/registration-lines';
import type { Result } from '../report/result';
import { type Verb, failed } from './outcome';
import { planTasks, serverOf } from './plan-tasks';

/** Shows what `register` would do; writes nothing. */
export const plan: Verb = async function* (tasks, options, context) {
  for (const one of await planTasks(tasks, options, context, schema)) {
    if ('error' in one) yield failed(one.task, one.error);
    else {
      const { failOn } = schema.partial().parse(options[one.task]);
      const results = plannedResults(one);
      const kind = results.some((result) => fails(result, failOn)) ? 'failed' : 'done';
      yield { task: one.task, kind, lines: results.flatMap(planLines), results, server: serverOf(one) };
    }
  }
};

function fails({ action, isDrift }: Result, failOn: FailOn): boolean {
  if (action === 'failed') return true;
  return failOn === 'changes' ? action !== 'unchanged' : failOn === 'drift' && isDrift === true;
}
