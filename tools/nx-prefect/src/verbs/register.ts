import { keepBuild } from '../build/kept-builds';
import { schema } from '../options/register-options';
import { appendReport } from '../report/report-file';
import { registeredLines } from '../report/registration-lines';
import type { Result } from '../report/result';
import { applyTask } from './apply-task';
import { type Outcome, type Verb, failed } from './outcome';
import { savedPlans } from './plan-file';
import { type PlannedTask, type TaskPlan, planTasks, serverOf } from './plan-tasks';

/**
 * Registers flows: builds what nobody has built, then one bulk read, then upload and write what differs. Nothing to do
 * is what the server holds already. The checkout has to be locked.
 */
export const register: Verb = async function* (tasks, options, context) {
  const plans = await planTasks(tasks, options, context, { schema, mayBuild: true });
  const requirePlanned = savedPlans(context.root);
  const outcomes = plans.map((plan) => registerTask(context.root, plan, requirePlanned));
  for (const outcome of outcomes) yield await outcome;
};

async function registerTask(
  workspaceRoot: string,
  plan: TaskPlan,
  requirePlanned: (plan: PlannedTask) => void,
): Promise<Outcome> {
  const { task, printed } = plan;
  const server = 'error' in plan ? {} : { server: serverOf(plan) };
  try {
    if ('error' in plan) throw plan.error;
    requirePlanned(plan);
    const registered = await applyTask(plan);
    appendReport(workspaceRoot, plan, registered);
    await keep(plan, registered);
    const kind = kindOf(registered.map(({ action }) => action));
    return { task, kind, lines: [...printed, ...registered.flatMap(registeredLines)], results: registered, ...server };
  } catch (error) {
    const outcome = failed(task, error);
    return { ...outcome, lines: [...printed, ...outcome.lines], ...server };
  }
}

/** What is new to the server, or was built now, may not be kept yet. A store that refuses it costs a build later. */
async function keep({ build }: PlannedTask, registered: Result[]): Promise<void> {
  const { manifest, isNew, isKept, unshared, task } = build;
  if (!task.builds || unshared !== undefined || isKept) return;
  if (!isNew && registered.every(({ action }) => action === 'unchanged' || action === 'failed')) return;
  try {
    await keepBuild(manifest, task.builds);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    registered[0]?.notes.push(`Warning: this build could not be kept for other machines. ${why}`);
  }
}

function kindOf(actions: string[]): Outcome['kind'] {
  if (actions.includes('failed')) return 'failed';
  return actions.every((action) => action === 'unchanged') ? 'unchanged' : 'done';
}
