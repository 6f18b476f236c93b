import { posix } from 'node:path';
import { workspaceRoot, type CreateNodes, type CreateNodesResult, type ProjectConfiguration, type ProjectGraphExternalNode } from '@nx/devkit';
import { parsePluginOptions } from '../options';
import { workspaceFiles } from './file-map';
import { nodesPattern, readNxJson } from './pattern';
import { givenNames } from './project-json';
import { inferProjects } from './projects';
import { resolution } from './resolution';
import { sentinelNode } from './sentinel';

/**
 * Every flow and every lib as a project, the packages of their locks, and the sentinel. What else there is, tests and READMEs, is told
 * from Nx's list of files, so that it isn't taken for configuration: see pattern.ts.
 */
export const createNodes: CreateNodes = [
  nodesPattern(readNxJson(workspaceRoot)),
  async (matched, rawOptions, { workspaceRoot: root }) => {
    const [anyMatch] = matched;
    const files = await workspaceFiles();
    const { projects, externalNodes } = inferNodes(root, files, rawOptions);
    if (anyMatch === undefined) return [];
    const results = projects.map((project): [string, CreateNodesResult] => {
      const source = [`${project.root}/flow.py`, posix.join(project.root, 'Dockerfile')].find((file) => files.has(file));
      return [source ?? anyMatch, { projects: { [project.root]: project } }];
    });
    return [...results, [anyMatch, { externalNodes }]];
  },
];

interface Nodes {
  projects: ProjectConfiguration[];
  externalNodes: Record<string, ProjectGraphExternalNode>;
}

/** @param files Nx's hash of every file of the workspace, by its path relative to `root` */
export function inferNodes(root: string, files: ReadonlyMap<string, string>, rawOptions: unknown): Nodes {
  const options = parsePluginOptions(rawOptions);
  const { layout, modules, packages } = resolution(root, files, options);
  return {
    projects: inferProjects({ root, files, layout, modules }, options),
    externalNodes: { ...sentinelNode(modules, packages, givenNames(root, layout, files)), ...packages.nodes },
  };
}
