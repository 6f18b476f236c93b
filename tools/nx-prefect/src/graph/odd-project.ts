import type { ProjectConfiguration } from '@nx/devkit';
import { cleanText } from '../core/clean-text';
import type { SourceFolder } from '../workspace/layout';
import { SHIPPED } from '../workspace/data-files';

/**
 * A flow or lib whose folder Nx can't write into a pattern: a project without inputs, so that the rest of the workspace
 * works. Its tasks say what is wrong (`folder-name`), and so do those of flows that import it.
 */
export function oddProject({ kind, name, root }: SourceFolder): ProjectConfiguration {
  const executor = 'nx-prefect:flow';
  const target = () => ({ executor, cache: false, inputs: [], options: {} });
  return {
    name: cleanText(name),
    root,
    sourceRoot: root,
    projectType: kind === 'flow' ? 'application' : 'library',
    tags: [`type:${kind}`],
    metadata: { description: "Nx can't watch a folder of this name.", technologies: ['python'] },
    namedInputs: { [SHIPPED]: [] },
    targets: kind === 'flow' ? { build: target(), register: target(), plan: target() } : {},
  };
}
