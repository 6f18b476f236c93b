import { appendReport } from '../report/report-file';
import { failureLines } from '../report/failure-lines';
import { registeredLines, unregisteredLines } from '../report/registration-lines';
import { applyTask } from './apply-task';
import type { Outcome, Verb } from './outcome';
import { type TaskPlan, planTasks } from './plan-tasks';

/**
 * Registers flows: one bulk read, then upload and write what differs. Nothing to do is what the server holds already.
 * The checkout has to be locked.
 */
export const register: Verb = async function* (tasks, options, context) {
  const plans = await planTasks(tasks, options, context);
  const outcomes = plans.map((plan) => registerTask(context.root, plan));
  for (const outcome of outcomes) yield await outcome;
};

async function registerTask(workspaceRoot: string, plan: TaskPlan): Promise<Outcome> {
  const { task } = plan;
  try {
    if ('error' in plan) throw plan.error;
    const registered = await applyTask(plan);
    appendReport(workspaceRoot, plan, registered);
    const lines = [...registered.flatMap(registeredLines), ...unregisteredLines(plan.unregistered)];
    return { task, kind: kindOf(registered.map(({ action }) => action)), lines };
  } catch (error) {
    return { task, kind: 'failed', lines: failureLines(error) };
  }
}

function kindOf(actions: string[]): Outcome['kind'] {
  if (actions.includes('failed')) return 'failed';
  return actions.every((action) => action === 'unchanged') ? 'unchanged' : 'done';
}
