import { createProjectFileMapUsingProjectGraph, type ProjectGraph } from '@nx/devkit';

/**
 * Nx's own list of each project's files (paths relative to the workspace root; what git ignores is not in it), by project name.
 * Works in a forked executor: with a daemon it asks the daemon, without one it walks the workspace.
 */
export async function projectFiles(graph: ProjectGraph): Promise<Record<string, string[]>> {
  const map = await createProjectFileMapUsingProjectGraph(graph);
  return Object.fromEntries(Object.entries(map).map(([project, files]) => [project, files.map(({ file }) => file)]));
}
