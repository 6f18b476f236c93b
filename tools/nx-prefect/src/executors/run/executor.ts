import type { ExecutorContext } from '@nx/devkit';
import { runFlow } from '../../verbs/run';
import { oneTask } from '../one-task';

/** `nx run <flow>:run --day=2026-01-01`: every option is a parameter of the flow. */
export default function run(given: object, context: ExecutorContext): Promise<{ success: boolean }> {
  return oneTask(given, context, async (options) => {
    // Nx's own words among them begin so.
    const parameters = Object.fromEntries(Object.entries(options).filter(([name]) => !name.startsWith('__')));
    return (await runFlow(context, context.projectName ?? '', parameters)) === 0;
  });
}
