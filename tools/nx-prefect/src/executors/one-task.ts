import type { ExecutorContext, Task } from '@nx/devkit';
import { exactOptions } from '../options/exact-text';
import { failureLines } from '../report/failure-lines';
import { sayAside } from '../report/terminal';

/**
 * Runs an executor that has no batch form.
 *
 * @param act takes the options with their exact text; says whether all went well
 */
export async function oneTask(
  given: object,
  { projectName, targetName, taskGraph }: ExecutorContext,
  act: (options: Record<string, unknown>) => Promise<boolean>,
): Promise<{ success: boolean }> {
  const isOwn = ({ target }: Task) => target.project === projectName && target.target === targetName;
  const task = Object.values(taskGraph?.tasks ?? {}).find(isOwn);
  try {
    return { success: await act(exactOptions(given, task?.overrides)) };
  } catch (error) {
    for (const line of failureLines(error)) sayAside(line);
    return { success: false };
  }
}
