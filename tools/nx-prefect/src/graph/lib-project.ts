import type { ProjectConfiguration } from '@nx/devkit';
import { SHIPPED } from '../workspace/data-files';
import type { SourceFolder } from '../workspace/layout';
import { imageParts } from './image-projects';
import type { ProjectContext } from './project-context';

/**
 * A package whose modules ship file by file: each flow names those that it reaches among its own inputs, so nothing of
 * it ships by an edge.
 */
export function packageProject(lib: SourceFolder, context: ProjectContext): ProjectConfiguration {
  const project = libProject(lib, context);
  return { ...project, namedInputs: { ...project.namedInputs, [SHIPPED]: [] } };
}

/** A lib's packages are tested by it, and built by the flows that ship them. */
export function libProject(lib: SourceFolder, context: ProjectContext): ProjectConfiguration {
  const { name, root } = lib;
  const image = imageParts(lib, context);
  return {
    name,
    root,
    sourceRoot: root,
    projectType: 'library',
    tags: ['type:lib'],
    metadata: { ...context.metadata(lib), technologies: ['python'] },
    namedInputs: {
      ...context.inputs.named(root, {
        environmentVariables: context.options.buildEnv,
        environment: context.unlisted(root).environment,
        hidden: context.workspace.hidden(root),
        ...context.loose(lib),
      }),
      ...image.namedInputs,
    },
    targets: { ...context.testTargets(lib), ...image.targets },
  };
}
