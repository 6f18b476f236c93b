import { createProjectFileMapUsingProjectGraph, type ProjectGraph } from '@nx/devkit';
import { getAllFileDataInContext } from 'nx/src/utils/workspace-context';

/** In {@link projectFiles}, the name under which files are that belong to no project. */
const NO_PROJECT = '.';

/**
 * Nx's own list of each project's files (paths relative to the workspace root; what git ignores is not in it), by project name.
 * Works in a forked executor: with a daemon it asks the daemon, without one it walks the workspace.
 */
export async function projectFiles(graph: ProjectGraph): Promise<Record<string, string[]>> {
  const atRoot = Object.values(graph.nodes).some(({ data }) => data.root === '.');
  const rest: ProjectGraph['nodes'] = atRoot ? {} : { [NO_PROJECT]: { type: 'lib', name: NO_PROJECT, data: { name: NO_PROJECT, root: '.' } } };
  const map = await createProjectFileMapUsingProjectGraph({ ...graph, nodes: { ...graph.nodes, ...rest } });
  return Object.fromEntries(Object.entries(map).map(([project, files]) => [project, files.map(({ file }) => file)]));
}

/**
 * Nx's hash of every file of the workspace, by path: what `createNodes`, which has no graph yet, is not told. A plugin's worker gets
 * it from its host and does not walk again. The public function above would sort a hundred thousand files by project first.
 */
export async function workspaceFiles(workspaceRoot: string): Promise<Map<string, string>> {
  const files = await getAllFileDataInContext(workspaceRoot);
  return new Map(files.map(({ file, hash }) => [file, hash]));
}
