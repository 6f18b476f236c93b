import { deployImage } from '../images/deploy-image';
import { imageSource } from '../images/image-source';
import { schema } from '../options/docker-deploy-options';
import { parseOptions } from '../options/parse-options';

export interface ImageTask {
  workspaceRoot: string;
  project: string;
  /** Relative to the workspace root. */
  projectRoot: string;
  /** As Nx names it. */
  id: string;
}

/** Deploys the image of one project. @param say is told what is done, as it is done */
export async function dockerDeploy(task: ImageTask, given: unknown, say: (line: string) => void): Promise<void> {
  const options = parseOptions(schema, task.id, given);
  say(await deployImage(task.workspaceRoot, imageSource(task, options), options, say));
}
