import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProjectConfiguration } from '@nx/devkit';
import { FlowError } from '../errors';
import type { PluginOptions } from '../options';
import { createInputs } from './inputs';
import type { Layout, SourceFolder } from './layout';
import type { ModuleResolver } from './modules';
import { findLocks } from './packages/locks';
import { NOTHING, readProjectJson, type ProjectJson } from './project-json';
import { firstParagraph } from './readme';
import { isTest } from './shipped';
import { flowTargets, testTarget } from './targets';
import { importedByTests } from './test-imports';

export interface Workspace {
  /** Absolute. */
  root: string;
  /** Nx's hash of every file that git doesn't ignore, by its path relative to root. */
  files: ReadonlyMap<string, string>;
  layout: Layout;
  modules: ModuleResolver;
}

/** The Nx projects of a workspace's flows and libs, in the layout's order. */
export function inferProjects({ root: workspaceRoot, files, layout, modules }: Workspace, options: PluginOptions): ProjectConfiguration[] {
  assertNamesDiffer(layout);
  const lockOf = findLocks(files.keys());
  const inputs = createInputs(workspaceRoot, (root) => lockOf(root)?.folder);
  const named = new Map([...layout.flows, ...layout.libs].map((folder) => [folder.root, folder.name]));
  return [...layout.flows.map(flowProject), ...layout.libs.map(libProject)];

  function flowProject(flow: SourceFolder): ProjectConfiguration {
    const [project = ''] = flow.root.split('/').slice(-2);
    const { buildEnv, dataFiles, python = stringOption(options.build, 'python') } = projectJson(flow.root);
    return {
      name: flow.name,
      root: flow.root,
      sourceRoot: flow.root,
      projectType: 'application',
      tags: [`project:${project}`, 'type:flow'],
      metadata: { ...described(flow), technologies: ['prefect', 'python'] },
      namedInputs: inputs.named(flow.root, { environmentVariables: union(options.buildEnv, buildEnv), dataFiles: union(options.dataFiles, dataFiles), python }),
      targets: { ...flowTargets(flow.name, options), ...tests(flow) },
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
      namedInputs: inputs.named(lib.root, { environmentVariables: options.buildEnv }),
      targets: tests(lib),
    };
  }

  function tests(folder: SourceFolder): ProjectConfiguration['targets'] & {} {
    if (!folder.python.some(isTest)) return {};
    const projects = importedByTests(workspaceRoot, folder, files, modules).map((root) => projectJson(root).name ?? named.get(root)!);
    return { test: testTarget(folder.name, options, projects) };
  }

  function projectJson(root: string): ProjectJson {
    const file = `${root}/project.json`;
    return files.has(file) ? readProjectJson(join(workspaceRoot, file)) : NOTHING;
  }

  function described({ root }: SourceFolder): { description?: string } {
    const file = `${root}/README.md`;
    const description = files.has(file) ? firstParagraph(readFileSync(join(workspaceRoot, file), 'utf8')) : undefined;
    return description === undefined ? {} : { description };
  }
}

function union(one: readonly string[], other: readonly string[]): string[] {
  return [...new Set([...one, ...other])];
}

function stringOption(options: Record<string, unknown>, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
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
