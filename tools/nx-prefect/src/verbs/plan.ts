import { type FailOn, schema } from '../options/plan-options';
import { planLines, plannedResults } from '../report/registration-lines';
import type { Result } from '../report/result';
import { type Verb, failed } from './outcome';
import { writePlans } from './plan-file';
import { planTasks, serverOf } from './plan-tasks';

/** Shows what `register` would do; writes nothing. */
export const plan: Verb = async function* (tasks, options, context) {
  const plans = await planTasks(tasks, options, context, { schema, mayBuild: true });
  writePlans(context.root, plans, (task) => schema.partial().safeParse(options[task]).data?.out);
  for (const one of plans) {
    const { task, printed } = one;
    if ('error' in one) {
      const outcome = failed(task, one.error);
      yield { ...outcome, lines: [...printed, ...outcome.lines] };
    } else {
      const { failOn } = schema.partial().parse(options[task]);
      const results = plannedResults(one);
      const kind = results.some((result) => fails(result, failOn)) ? 'failed' : 'done';
      yield { task, kind, lines: [...printed, ...results.flatMap(planLines)], results, server: serverOf(one) };
    }
  }
};

function fails({ action, isDrift }: Result, failOn: FailOn): boolean {
  if (action === 'failed') return true;
  return failOn === 'changes' ? action !== 'unchanged' : failOn === 'drift' && isDrift === true;
}
