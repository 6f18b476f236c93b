import { createProjectFileMapUsingProjectGraph, type ProjectGraph } from '@nx/devkit';

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
 * Nx's hash of every file of the workspace, by path: what `createNodes`, which has no graph yet, is not told. A graph whose only
 * project is the root gives it through the public function; a plugin's worker gets it from its host and does not walk again.
 */
export async function workspaceFiles(): Promise<Map<string, string>> {
  const everything: ProjectGraph = {
    nodes: { '.': { name: '.', type: 'lib', data: { name: '.', root: '.' } } },
    dependencies: {},
  };
  const { '.': files = [] } = await createProjectFileMapUsingProjectGraph(everything);
  return new Map(files.map(({ file, hash }) => [file, hash]));
}
