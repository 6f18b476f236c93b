import type { PluginOptions } from '../options/plugin-options';
import { environmentInputs, type Inputs } from './environment-inputs';
import { optionsOfFlow } from './flow-settings';
import { imageInputsOf } from './image-projects';
import { folderOf } from '../workspace/flow-places';
import type { Layout } from '../workspace/layout';
import { projectJsonOf } from './project-json';

/**
 * What a folder's configuration says of files that git may ignore. Nx has no hash of such files, so each graph reads
 * them again.
 */
export interface Unlisted {
  /** Inputs that stand for the Python environment; empty if the folder is an image and nothing else. */
  environment: Inputs;
  /** Inputs of `docker-deploy`; undefined if there is no Dockerfile. */
  image: string[] | undefined;
}

/** @param images folders that are an image and nothing else */
export function readUnlisted(
  workspaceRoot: string,
  files: ReadonlyMap<string, string>,
  { flows, libs, packages }: Layout,
  images: readonly string[],
  options: PluginOptions,
): ReadonlyMap<string, Unlisted> {
  const environmentOf = environmentInputs(workspaceRoot);
  const unlisted = new Map<string, Unlisted>();
  for (const { root, file } of flows) {
    const { python: usual } = optionsOfFlow(file, options).build;
    const { python = typeof usual === 'string' ? usual : undefined, image } = projectJsonOf(workspaceRoot, root, files);
    unlisted.set(root, { environment: environmentOf(folderOf(root), python), image: imageOf(root, image) });
  }
  for (const { root } of [...libs, ...packages])
    unlisted.set(root, {
      environment: environmentOf(root),
      image: imageOf(root, projectJsonOf(workspaceRoot, root, files).image),
    });
  for (const root of images)
    unlisted.set(root, { environment: [], image: imageOf(root, projectJsonOf(workspaceRoot, root, files).image) });
  return unlisted;

  function imageOf(root: string, own: object | undefined): string[] | undefined {
    return imageInputsOf(root, { ...options['docker-deploy'], ...own }, files, workspaceRoot);
  }
}
