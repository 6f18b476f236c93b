import { applyTask, describe, planTasks, report } from './registering';
import { failed, type Step, succeeded, upToDate } from '../executors/batch';

/**
 * Registers flows: one bulk read, then upload and write what differs. A hit is what the server holds already. The
 * checkout has to be locked.
 */
export const register: Step = async function* (tasks, options, context) {
  const startTime = Date.now();
  const plans = await planTasks(tasks, options, context);
  const outcomes = plans.map(async (plan) => {
    if ('error' in plan) return failed(plan.task, startTime, plan.error);
    try {
      const registered = await applyTask(plan);
      report(context.root, plan, registered);
      const lines = registered.flatMap(describe);
      const errors = registered.filter(({ action }) => action === 'failed');
      if (errors.length > 0) return failed(plan.task, startTime, lines);
      return registered.every(({ action }) => action === 'unchanged')
        ? upToDate(plan.task, lines)
        : succeeded(plan.task, startTime, lines);
    } catch (error) {
      return failed(plan.task, startTime, error);
    }
  });
  for (const outcome of outcomes) yield await outcome;
};
