import { posix } from 'node:path';
import type { ProjectConfiguration } from '@nx/devkit';
import type { PluginOptions } from '../options/plugin-options';
import type { Layout } from '../workspace/layout';
import { flowProject } from './flow-project';
import { imageProject } from './image-projects';
import { libProject, packageProject } from './lib-project';
import { oddProject } from './odd-project';
import { isOddFolder } from '../workspace/folder-names';
import { ProjectContext, type Workspace } from './project-context';

/** The Nx projects of a workspace's flows and libs, in the layout's order, then those that only an image makes. */
export function inferProjects(workspace: Workspace, options: PluginOptions): ProjectConfiguration[] {
  const { flows, libs, packages } = workspace.layout;
  const context = new ProjectContext(workspace, options);
  const images = workspace.images.map((root) => imageProject(root, context));
  const onlyImages = new Set(
    images.map(({ name, root }) => context.nameOf({ root, name: name ?? posix.basename(root) })),
  );
  return [
    ...flows.map((flow) => (isOddFolder(flow.root) ? oddProject(flow) : flowProject(flow, context, onlyImages))),
    ...libs.map((lib) => (isOddFolder(lib.root) ? oddProject(lib) : libProject(lib, context))),
    ...packages.map((lib) => (isOddFolder(lib.root) ? oddProject(lib) : packageProject(lib, context))),
    ...images,
  ];
}

/** A sentence for each project that is called by its path, since another one has its name. */
export function nameNotes({ flows, libs, packages }: Layout): string[] {
  const all = [...flows, ...libs, ...packages];
  return all.flatMap(({ name, root }) =>
    name === root && /\/|\.py$/.test(name)
      ? [`The project of ${root} is called by its path, for another one has the name that it would get.`]
      : [],
  );
}
