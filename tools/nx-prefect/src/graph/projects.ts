import { posix } from 'node:path';
import type { ProjectConfiguration } from '@nx/devkit';
import type { PluginOptions } from '../options/plugin-options';
import type { Layout } from '../workspace/layout';
import { flowProject } from './flow-project';
import { imageProject, ownProject } from './image-projects';
import { libProject, packageProject } from './lib-project';
import { oddProject } from './odd-project';
import { isOddFolder } from '../workspace/folder-names';
import { ProjectContext, type Workspace } from './project-context';
import { workspaceTargets } from './targets';

/** The Nx projects of a workspace's flows and libs, in the layout's order, then those that only an image makes. */
export function inferProjects(workspace: Workspace, options: PluginOptions): ProjectConfiguration[] {
  const { flows, libs, packages } = workspace.layout;
  const context = new ProjectContext(workspace, options);
  const images = workspace.images.map((root) => imageProject(root, context));
  const onlyImages = new Set(
    images.map(({ name, root }) => context.nameOf({ root, name: name ?? posix.basename(root) })),
  );
  const roots = new Set([...flows, ...libs, ...packages].map(({ root }) => root));
  const image = images.find(({ root }) => root === '.');
  return [
    ...flows.map((flow) => (isOddFolder(flow.root) ? oddProject(flow) : flowProject(flow, context, onlyImages))),
    ...libs.map((lib) => (isOddFolder(lib.root) ? oddProject(lib) : libProject(lib, context))),
    ...packages.map((lib) => (isOddFolder(lib.root) ? oddProject(lib) : packageProject(lib, context))),
    ...(image || (flows.length > 0 && !roots.has('.')) ? [rootProject(context, image)] : []),
    ...images.filter(({ root }) => root !== '.'),
  ];
}

/** The workspace's own: what it asks of all flows, and its image where it has one. */
function rootProject(context: ProjectContext, image: ProjectConfiguration | undefined): ProjectConfiguration {
  const project = image ?? ownProject('.', context);
  const { settings } = context.options;
  const configurations = [...new Set(settings.flatMap((each) => Object.keys(each.configurations)))];
  const name = context.nameOf({ root: '.', name: project.name ?? '.' });
  return { ...project, targets: { ...workspaceTargets(name, configurations), ...project.targets } };
}

/** A sentence for each project that is called by its path, since another one has its name. */
export function nameNotes({ flows, libs, packages }: Layout): string[] {
  const all = [...flows, ...libs, ...packages];
  return all.flatMap(({ name, root }) =>
    name === root && /\/|\.py$/.test(name)
      ? [`The project of ${root} is named by its path, because another project has its name already.`]
      : [],
  );
}
