import type { CreateNodes, CreateNodesResult } from '@nx/devkit';
import { parsePluginOptions } from '../options';
import { workspaceFiles } from './file-map';
import { readLayout } from './layout';
import { createModuleResolver } from './modules';
import { createPackageGraph } from './packages/package-graph';
import { givenNames } from './project-json';
import { inferProjects } from './projects';
import { sentinelNode } from './sentinel';

/**
 * Every flow and every lib as a project, the packages of their locks, and the sentinel.
 *
 * The pattern names flow.py alone: `nx affected` takes each file that a plugin's pattern matches for configuration of its project,
 * which a change to reaches all targets, and one that was deleted for a change to every project. So the libs, the tests and the
 * READMEs are told from Nx's list of files instead.
 */
export const createNodes: CreateNodes = [
  '**/flow.py',
  async (matched, rawOptions, { workspaceRoot: root }) => {
    const options = parsePluginOptions(rawOptions);
    const files = await workspaceFiles();
    const layout = readLayout(files.keys(), options);
    const modules = createModuleResolver(layout, options.imports);
    const [anyMatch] = matched;
    if (anyMatch === undefined) return [];
    const results = inferProjects({ root, files, layout, modules }, options).map((project): [string, CreateNodesResult] => {
      const flow = `${project.root}/flow.py`;
      return [files.has(flow) ? flow : anyMatch, { projects: { [project.root]: project } }];
    });
    const packages = createPackageGraph({ workspaceRoot: root, hashes: files, layout, modules, packageNames: options.packageNames });
    return [...results, [anyMatch, { externalNodes: { ...sentinelNode(modules, packages, givenNames(root, layout, files)), ...packages.nodes } }]];
  },
];
