import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { ProjectConfiguration } from '@nx/devkit';
import { FlowError } from '../core/errors';
import type { PluginOptions } from '../options/plugin-options';
import { CODEOWNERS_FILES, parseCodeowners } from './codeowners';
import { rootName } from './image-projects';
import { SHIPPED } from '../workspace/data-files';
import { IMAGE, createInputs } from './inputs';
import type { Layout, SourceFolder } from '../workspace/layout';
import type { ModuleResolver } from './modules';
import { findLocks } from '../workspace/locks/locks';
import { projectJsonOf, registerOptions, type ProjectJson } from './project-json';
import { openReadings } from './readings';
import { shipped } from '../workspace/shipped';
import { isTest } from '../workspace/tests';
import { flowTargets, imageTarget, testTarget } from './targets';
import { importedByTests } from './test-imports';
import type { Unlisted } from './unlisted';

export interface Workspace {
  /** Absolute. */
  root: string;
  /** Nx's hash of every file that git doesn't ignore, by its path relative to root. */
  files: ReadonlyMap<string, string>;
  layout: Layout;
  modules: ModuleResolver;
  /** Folders that are an image and nothing else. */
  images: readonly string[];
  unlisted: ReadonlyMap<string, Unlisted>;
}

/** The Nx projects of a workspace's flows and libs, in the layout's order, then those that only an image makes. */
export function inferProjects(
  { root: workspaceRoot, files, layout, modules, images: imageRoots, unlisted }: Workspace,
  options: PluginOptions,
): ProjectConfiguration[] {
  assertNamesDiffer(layout);
  const lockOf = findLocks(files.keys());
  const readings = openReadings(workspaceRoot);
  const inputs = createInputs(workspaceRoot, (root) => lockOf(root)?.folder);
  const ownersOf = parseCodeowners(textOf(CODEOWNERS_FILES.find((file) => files.has(file))));
  const named = new Map([...layout.flows, ...layout.libs].map((folder) => [folder.root, folder.name]));
  const images = imageRoots.map(imageProject);
  /** Folders that are an image and nothing else: an edge to one ships nothing. */
  const onlyImages = new Set(images.map(({ name, root }) => projectJson(root).name ?? name ?? posix.basename(root)));
  const usualImage = imageOption(options.register);
  const libs = layout.libs.map(libProject);
  return [...layout.flows.map(flowProject), ...libs, ...images];

  function flowProject(flow: SourceFolder): ProjectConfiguration {
    const [project = ''] = flow.root.split('/').slice(-2);
    const { buildEnv, dataFiles, imageOf: runsIn = usualImage } = projectJson(flow.root);
    const image = runsIn !== undefined && onlyImages.has(runsIn) ? [runsIn] : [];
    const ofImage = imageOf(flow);
    return {
      name: flow.name,
      root: flow.root,
      sourceRoot: flow.root,
      projectType: 'application',
      tags: [`project:${project}`, 'type:flow'],
      metadata: { ...described(flow), technologies: ['prefect', 'python'] },
      namedInputs: {
        ...inputs.named(flow.root, {
          environmentVariables: union(options.buildEnv, buildEnv),
          dataFiles: union(options.dataFiles, dataFiles),
          environment: unlisted.get(flow.root)!.environment,
        }),
        ...ofImage.namedInputs,
      },
      // An edge holds for all targets, and Nx would hash what of a flow's or lib's folder ships: so only to what is an
      // image alone.
      implicitDependencies: image,
      targets: { ...flowTargets(givenName(flow), options, image), ...tests(flow), ...ofImage.targets },
    };
  }

  function libProject(lib: SourceFolder): ProjectConfiguration {
    return {
      name: lib.name,
      root: lib.root,
      sourceRoot: lib.root,
      projectType: 'library',
      tags: ['type:lib'],
      metadata: { ...described(lib), technologies: ['python'] },
      namedInputs: {
        ...inputs.named(lib.root, {
          environmentVariables: options.buildEnv,
          environment: unlisted.get(lib.root)!.environment,
        }),
        ...imageOf(lib).namedInputs,
      },
      targets: { ...tests(lib), ...imageOf(lib).targets },
    };
  }

  /**
   * A folder that is neither a flow nor a lib: an image of its own, the workspace's root, or somebody's own project.
   */
  function imageProject(root: string): ProjectConfiguration {
    const isOwn = files.has(root === '.' ? 'project.json' : `${root}/project.json`);
    const name = root === '.' ? rootName(workspaceRoot, files, named) : `image-${posix.basename(root)}`;
    const { namedInputs, targets } = imageOf({ root, name: projectJson(root).name ?? name });
    return {
      root,
      ...(isOwn ? {} : { name }),
      // Flows that run in it have an edge to it, and ship nothing of it.
      namedInputs: { [SHIPPED]: [], ...namedInputs },
      targets,
    };
  }

  function imageOf({
    root,
    name,
  }: Pick<SourceFolder, 'root' | 'name'>): Required<Pick<ProjectConfiguration, 'namedInputs' | 'targets'>> {
    const found = unlisted.get(root)!.image;
    if (found === undefined) return { namedInputs: {}, targets: {} };
    return { namedInputs: { [IMAGE]: found }, targets: { 'docker-deploy': imageTarget(name, options) } };
  }

  function tests(folder: SourceFolder): ProjectConfiguration['targets'] & {} {
    if (!folder.python.some(isTest)) return {};
    const projects = importedByTests(folder, files, modules, readings).map((root) =>
      givenName({ root, name: named.get(root)! }),
    );
    return { test: testTarget(givenName(folder), options, projects) };
  }

  /** Nx takes a project by the name in its project.json only. */
  function givenName({ root, name }: Pick<SourceFolder, 'root' | 'name'>): string {
    return projectJson(root).name ?? name;
  }

  function projectJson(root: string): ProjectJson {
    return projectJsonOf(workspaceRoot, root, files);
  }

  /**
   * A folder's owners are those that its README names, else those of its flow.py, or of a lib's first module that
   * ships.
   */
  function described({ kind, root, python }: SourceFolder): ProjectConfiguration['metadata'] & {} {
    const file = `${root}/README.md`;
    const { description, owners: inReadme } = readings.readme(file, files.get(file));
    const module = kind === 'flow' ? 'flow.py' : (python.find(shipped) ?? python[0]);
    const owners = inReadme.length > 0 ? inReadme : ownersOf(`${root}/${module}`);
    return {
      ...(description === '' ? {} : { description }),
      ...(owners.length === 0
        ? {}
        : { owners: Object.fromEntries(owners.map((owner) => [owner, { ownedFiles: [{ files: ['*'] }] }])) }),
    };
  }

  /** Empty for a file that isn't there, or that git ignores. */
  function textOf(file: string | undefined): string {
    return file !== undefined && files.has(file) ? readFileSync(join(workspaceRoot, file), 'utf8') : '';
  }
}

function union(one: readonly string[], other: readonly string[]): string[] {
  return [...new Set([...one, ...other])];
}

function imageOption(options: Record<string, unknown>): string | undefined {
  const parsed = registerOptions.safeParse(options);
  return parsed.success ? parsed.data.image.projectOf : undefined;
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
