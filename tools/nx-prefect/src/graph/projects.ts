import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CreateNodes, ProjectConfiguration } from '@nx/devkit';
import { FlowError } from '../errors';
import { parsePluginOptions } from '../options';
import { createInputs } from './inputs';
import { readLayout, type Layout, type SourceFolder } from './layout';
import { createModuleResolver } from './modules';
import { readProjectJson, type ProjectJson } from './project-json';
import { firstParagraph } from './readme';
import { sentinelNode } from './sentinel';
import { isTest } from './shipped';
import { flowTargets, testTarget } from './targets';
import { importedByTests } from './test-imports';

/**
 * Every flow and every lib as a project. The pattern names more than flow.py: which folders are projects, which have tests and
 * which module lies where is told from the list of files that Nx hands over, without asking the disk.
 */
export const createNodes: CreateNodes = [
  '**/{*.py,README.md,project.json}',
  (files, rawOptions, { workspaceRoot }) => {
    const options = parsePluginOptions(rawOptions);
    const layout = readLayout(files, options);
    assertNamesDiffer(layout);
    const known = new Set(files);
    const inputs = createInputs(workspaceRoot);
    const modules = createModuleResolver(layout);
    const named = new Map([...layout.flows, ...layout.libs].map((folder) => [folder.root, folder.name]));
    const flows = layout.flows.map((flow) => [`${flow.root}/flow.py`, flowProject(flow)] as const);
    const libs = layout.libs.map((lib) => [`${lib.root}/${lib.python[0]}`, libProject(lib)] as const);
    const [first] = files;
    return [
      ...[...flows, ...libs].map(([file, project]) => [file, { projects: { [project.root]: project } }] as const),
      ...(first === undefined ? [] : [[first, { externalNodes: sentinelNode(modules) }] as const]),
    ];

    function flowProject(flow: SourceFolder): ProjectConfiguration {
      const [project = ''] = flow.root.split('/').slice(-2);
      const buildEnv = projectJson(flow.root).buildEnv;
      return {
        name: flow.name,
        root: flow.root,
        sourceRoot: flow.root,
        projectType: 'application',
        tags: [`project:${project}`, 'type:flow'],
        metadata: { ...described(flow), technologies: ['prefect', 'python'] },
        namedInputs: inputs.named(flow.root, [...new Set([...options.buildEnv, ...buildEnv])]),
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
        namedInputs: inputs.named(lib.root, options.buildEnv),
        targets: tests(lib),
      };
    }

    function tests(folder: SourceFolder): ProjectConfiguration['targets'] & {} {
      if (!folder.python.some(isTest)) return {};
      const projects = importedByTests(workspaceRoot, folder, modules).map((root) => projectJson(root).name ?? named.get(root)!);
      return { test: testTarget(folder.name, options, projects) };
    }

    function projectJson(root: string): ProjectJson {
      const file = `${root}/project.json`;
      return known.has(file) ? readProjectJson(join(workspaceRoot, file)) : { buildEnv: [] };
    }

    function described({ root }: SourceFolder): { description?: string } {
      const file = `${root}/README.md`;
      const description = known.has(file) ? firstParagraph(readFileSync(join(workspaceRoot, file), 'utf8')) : undefined;
      return description === undefined ? {} : { description };
    }
  },
];

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
