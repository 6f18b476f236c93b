import type { ExecutorContext } from '@nx/devkit';
import { exactOptions } from '../../options/exact-text';
import { failureLines } from '../../report/failure-lines';
import { sayAside } from '../../report/terminal';
import { runFlow } from '../../verbs/run';

/** `nx run <flow>:run --day=2026-01-01`: every option is a parameter of the flow. */
export default async function run(given: object, context: ExecutorContext): Promise<{ success: boolean }> {
  const { projectName = '', targetName, configurationName } = context;
  const id = [projectName, targetName, configurationName].filter(Boolean).join(':');
  try {
    const options = Object.entries(exactOptions(given, context.taskGraph?.tasks[id]?.overrides));
    // Nx's own words among them begin so.
    const parameters = Object.fromEntries(options.filter(([name]) => !name.startsWith('__')));
    return { success: (await runFlow(context, projectName, parameters)) === 0 };
  } catch (error) {
    for (const line of failureLines(error)) sayAside(line);
    return { success: false };
  }
}
