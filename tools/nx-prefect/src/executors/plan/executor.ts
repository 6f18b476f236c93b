import { formatError } from '../../errors';
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
  return planned.flatMap((item, at) => {
    const { flowName, name } = wanted[at]?.deployment ?? {};
    if (item instanceof Error) return [`${flowName}/${name}: ${formatError(item)}`];
    const fields = [...item.fields, ...(codePresent || item.action === 'create' ? [] : ['code'])];
    const action = item.action === 'create' ? 'create' : fields.length > 0 ? `update (${fields.join(', ')})` : 'unchanged';
    return [`${flowName}/${name}: ${action}`, ...item.notes];
  });
}
