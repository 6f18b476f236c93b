import { schema } from '../options/register-options';
import { appendReport } from '../report/report-file';
import { registeredLines } from '../report/registration-lines';
import { applyTask } from './apply-task';
import { type Outcome, type Verb, failed } from './outcome';
import { type TaskPlan, planTasks, serverOf } from './plan-tasks';

/**
 * Registers flows: one bulk read, then upload and write what differs. Nothing to do is what the server holds already.
 * The checkout has to be locked.
 */
export const register: Verb = async function* (tasks, options, context) {
  const plans = await planTasks(tasks, options, context, schema);
  const outcomes = plans.map((plan) => registerTask(context.root, plan));
  for (const outcome of outcomes) yield await outcome;
};

async function registerTask(workspaceRoot: string, plan: TaskPlan): Promise<Outcome> {
  const { task } = plan;
  const server = 'error' in plan ? {} : { server: serverOf(plan) };
  try {
    if ('error' in plan) throw plan.error;
    const registered = await applyTask(plan);
    appendReport(workspaceRoot, plan, registered);
    const kind = kindOf(registered.map(({ action }) => action));
    return { task, kind, lines: registered.flatMap(registeredLines), results: registered, ...server };
  } catch (error) {
    return { ...failed(task, error), ...server };
  }
}

function kindOf(actions: string[]): Outcome['kind'] {
  if (actions.includes('failed')) return 'failed';
  return actions.every((action) => action === 'unchanged') ? 'unchanged' : 'done';
}
