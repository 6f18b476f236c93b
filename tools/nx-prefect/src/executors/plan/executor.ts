import { formatError } from '../../errors';
import { titleOf } from '../../prefect/server';
import { type PlannedTask, planTasks } from '../../register/register';
import { type BatchImplementation, failed, single, succeeded } from '../batch';

/** Shows what `register` would do; writes nothing. */
export const batch: BatchImplementation = async function* (taskGraph, options, _overrides, context) {
  const startTime = Date.now();
  for (const plan of await planTasks(taskGraph, options, context)) {
    if ('error' in plan) yield failed(plan.task, startTime, plan.error);
    else if (plan.planned.some((planned) => planned instanceof Error)) yield failed(plan.task, startTime, lines(plan));
    else yield succeeded(plan.task, startTime, lines(plan));
  }
};

export default single(batch);

function lines({ planned, wanted, codePresent }: PlannedTask): string[] {
  return wanted.flatMap((one, at) => {
    const item = planned[at];
    if (item === undefined || item instanceof Error) return [`${titleOf(one)}: ${formatError(item)}`];
    const fields = [...item.fields, ...(codePresent[at] || item.action === 'create' ? [] : ['code'])];
    const action = item.action === 'create' ? 'create' : fields.length > 0 ? `update (${fields.join(', ')})` : 'unchanged';
    return [`${titleOf(one)}: ${action}`, ...item.notes];
  });
}
