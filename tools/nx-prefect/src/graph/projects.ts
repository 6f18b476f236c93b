import { posix } from 'node:path';
import type { ProjectConfiguration } from '@nx/devkit';
import { FlowError } from '../core/errors';
import type { PluginOptions } from '../options/plugin-options';
import type { Layout } from '../workspace/layout';
import { flowProject } from './flow-project';
import { imageProject } from './image-projects';
import { libProject } from './lib-project';
import { oddProject } from './odd-project';
import { isOddFolder } from '../workspace/folder-names';
import { ProjectContext, type Workspace } from './project-context';

/**
 * The Nx projects of a workspace's flows and libs, in the layout's order, then those that only an image makes.
 *
 * @throws FlowError `project-name-twice`
 */
export function inferProjects(workspace: Workspace, options: PluginOptions): ProjectConfiguration[] {
  const { flows, libs } = workspace.layout;
  assertNamesDiffer(workspace.layout);
  const context = new ProjectContext(workspace, options);
  const images = workspace.images.map((root) => imageProject(root, context));
  const onlyImages = new Set(
    images.map(({ name, root }) => context.nameOf({ root, name: name ?? posix.basename(root) })),
  );
  return [
    ...flows.map((flow) => (isOddFolder(flow.root) ? oddProject(flow) : flowProject(flow, context, onlyImages))),
    ...libs.map((lib) => (isOddFolder(lib.root) ? oddProject(lib) : libProject(lib, context))),
    ...images,
  ];
}

/** `a-b/c` and `a/b-c` are two folders with one name: Nx would merge or refuse them without saying which. */
function assertNamesDiffer({ flows, libs }: Layout): void {
  const roots = new Map<string, string>();
  for (const { name, root } of [...flows, ...libs]) {
    const other = roots.get(name);
    if (other !== undefined) {
      throw new FlowError({
        code: 'project-name-twice',
        file: root,
        what: `${other} and ${root} both make the Nx project ${name}.`,
        next: 'Rename one of the two folders.',
      });
    }
    roots.set(name, root);
  }
}
