import type { ExecutorContext } from '@nx/devkit';
import { sayAside } from '../../report/terminal';
import { WORKSPACE_VERBS } from '../../verbs/workspace-verbs';
import { oneTask } from '../one-task';

/** What the root's targets do, each by its name. */
export default async function (given: object, context: ExecutorContext): Promise<{ success: boolean }> {
  const { projectName = '', targetName = '', configurationName: configuration } = context;
  const id = `${projectName}:${targetName}`;
  const run = WORKSPACE_VERBS.get(targetName);
  if (run === undefined) {
    sayAside(`${id}: the executor nx-prefect:workspace knows ${[...WORKSPACE_VERBS.keys()].join(' and ')} only.`);
    return { success: false };
  }
  return oneTask(given, context, (options) =>
    run(context, { ...options, ...(configuration === undefined ? {} : { configuration }) }, `npx nx run ${id} --help`),
  );
}
