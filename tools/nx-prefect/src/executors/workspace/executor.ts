import type { ExecutorContext } from '@nx/devkit';
import { exactOptions } from '../../options/exact-text';
import { failureLines } from '../../report/failure-lines';
import { sayAside } from '../../report/terminal';
import { WORKSPACE_VERBS } from '../../verbs/workspace-verbs';

/** What the root's targets do, each by its name. */
export default async function (options: object, context: ExecutorContext): Promise<{ success: boolean }> {
  const { projectName = '', targetName = '', configurationName: configuration, taskGraph } = context;
  const id = `${projectName}:${targetName}`;
  const task = Object.values(taskGraph?.tasks ?? {}).find(
    ({ target }) => target.project === projectName && target.target === targetName,
  );
  const run = WORKSPACE_VERBS.get(targetName);
  if (run === undefined) {
    sayAside(`${id}: the executor nx-prefect:workspace knows ${[...WORKSPACE_VERBS.keys()].join(' and ')} only.`);
    return { success: false };
  }
  const given = {
    ...exactOptions(options, task?.overrides),
    ...(configuration === undefined ? {} : { configuration }),
  };
  try {
    return { success: await run(context, given, `npx nx run ${id} --help`) };
  } catch (error) {
    for (const line of failureLines(error)) sayAside(line);
    return { success: false };
  }
}
