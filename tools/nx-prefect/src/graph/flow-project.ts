import { posix } from 'node:path';
import type { ProjectConfiguration } from '@nx/devkit';
import { type FlowSource, isFileFlow, projectOfFlow } from '../workspace/layout';
import { isFile, outputFolder, projectTag } from '../workspace/flow-places';
import { namedByInputs } from '../workspace/prefect-yaml-files';
import { listedForBuild, optionsOfFlow } from './flow-settings';
import { imageParts } from './image-projects';
import type { ProjectContext } from './project-context';
import { registerOptions } from './project-json';
import { flowTargets } from './targets';

/** @param onlyImages names of the projects that are an image and nothing else */
export function flowProject(
  flow: FlowSource,
  context: ProjectContext,
  onlyImages: ReadonlySet<string>,
): ProjectConfiguration {
  const { name, root } = flow;
  const options = optionsOfFlow(flow.file, context.options);
  const project = projectOfFlow(root, options.flowsDirectory);
  const { buildEnv, dataFiles, imageOf = imageOfAll(options.register) } = context.projectJson(root);
  // An edge counts for all targets, and Nx would hash what ships of a flow's or lib's folder. So only a project that is
  // an image alone gets an edge.
  const runsIn = imageOf !== undefined && onlyImages.has(imageOf) ? [imageOf] : [];
  const image = imageParts(flow, context);
  return {
    name,
    root,
    sourceRoot: isFileFlow(flow) ? posix.dirname(root) : root,
    projectType: 'application',
    tags: [...projectTag(project), 'type:flow'],
    metadata: { ...context.metadata(flow), technologies: ['prefect', 'python'] },
    namedInputs: {
      ...context.inputs.named(root, {
        environmentVariables: union(options.buildEnv, buildEnv, listedForBuild(options, 'buildEnv')),
        dataFiles: union(options.dataFiles, dataFiles, listedForBuild(options, 'dataFiles')),
        environment: context.unlisted(root).environment,
        hidden: context.workspace.hidden(root),
        ...context.loose(flow),
        namedBy: namedByInputs(root, context.workspace.namedBy.get(flow.file) ?? []),
      }),
      ...image.namedInputs,
    },
    implicitDependencies: union(runsIn, image.bases),
    targets: {
      ...flowTargets(context.nameOf(flow), outputFolder('{projectRoot}', isFile(root)), options, runsIn),
      ...context.testTargets(flow, options),
      ...image.targets,
    },
  };
}

/** The project whose image all flows run in, if the plugin's options for `register` name one. */
function imageOfAll(options: Record<string, unknown>): string | undefined {
  const parsed = registerOptions.safeParse(options);
  return parsed.success ? parsed.data.image.projectOf : undefined;
}

function union(...lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())];
}
