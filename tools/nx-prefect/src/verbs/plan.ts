import { formatError } from '../core/errors';
import { titleOf } from '../engines/engine';
import { type PlannedTask, planTasks } from './registering';
import { failed, type Step, succeeded } from '../executors/batch';

/** Shows what `register` would do; writes nothing. */
export const plan: Step = async function* (tasks, options, context) {
  const startTime = Date.now();
  for (const one of await planTasks(tasks, options, context)) {
    if ('error' in one) yield failed(one.task, startTime, one.error);
    else if (one.planned.some((planned) => planned instanceof Error)) yield failed(one.task, startTime, lines(one));
    else yield succeeded(one.task, startTime, lines(one));
  }
};

function lines({ planned, wanted, codePresent }: PlannedTask): string[] {
  return wanted.flatMap((one, at) => {
    const item = planned[at];
    if (item === undefined || item instanceof Error) return [`${titleOf(one)}: ${formatError(item)}`];
    const fields = [...item.fields, ...(codePresent[at] || item.action === 'create' ? [] : ['code'])];
    const action =
      item.action === 'create' ? 'create' : fields.length > 0 ? `update (${fields.join(', ')})` : 'unchanged';
    return [`${titleOf(one)}: ${action}`, ...item.notes];
  });
}
