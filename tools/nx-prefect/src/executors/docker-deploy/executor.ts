import type { ExecutorContext } from '@nx/devkit';
import { deployImage } from '../../images/deploy-image';
import { imageSource } from '../../images/image-source';
import { formatError } from '../../core/errors';
import { parseOptions } from '../batch';
import { schema } from '../../options/docker-deploy-options';

/**
 * Deploys the image of one project. A plain executor, without a batch form: an image is minutes of another program's
 * work, whose output is to be seen as it comes, and Nx shows that of a batch at its end.
 */
export default async function deploy(given: unknown, context: ExecutorContext): Promise<{ success: boolean }> {
  const project = context.projectName ?? '';
  try {
    const projectRoot = context.projectGraph.nodes[project]?.data.root ?? '.';
    const options = parseOptions(schema, `${project}:${context.targetName ?? 'docker-deploy'}`, given);
    console.log(
      await deployImage(
        context.root,
        imageSource({ workspaceRoot: context.root, project, projectRoot }, options),
        options,
      ),
    );
    return { success: true };
  } catch (error) {
    console.error(formatError(error, process.env['NX_VERBOSE_LOGGING'] === 'true'));
    return { success: false };
  }
}
