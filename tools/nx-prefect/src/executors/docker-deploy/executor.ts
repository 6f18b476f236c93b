import type { ExecutorContext } from '@nx/devkit';
import { failureLines } from '../../report/failure-lines';
import { say, sayAside } from '../../report/terminal';
import { exactOptions } from '../../options/exact-text';
import { dockerDeploy } from '../../verbs/docker-deploy';

/**
 * A plain executor, without a batch form. Image builds take minutes, and their output should stream; Nx shows the
 * output of a batch only at its end.
 */
export default async function deploy(given: unknown, context: ExecutorContext): Promise<{ success: boolean }> {
  const { root: workspaceRoot, projectName: project = '', targetName = 'docker-deploy' } = context;
  const id = [project, targetName, context.configurationName].filter(Boolean).join(':');
  const exact = exactOptions(given, context.taskGraph?.tasks[id]?.overrides);
  const projectRoot = context.projectGraph.nodes[project]?.data.root ?? '.';
  try {
    await dockerDeploy({ workspaceRoot, project, projectRoot, id: `${project}:${targetName}` }, exact, say);
    return { success: true };
  } catch (error) {
    for (const line of failureLines(error)) sayAside(line);
    return { success: false };
  }
}
