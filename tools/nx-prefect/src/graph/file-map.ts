import type { ProjectGraph } from '@nx/devkit';
import { createProjectRootMappings, findProjectForPath } from 'nx/src/project-graph/utils/find-project-for-path';
import { workspaceDataDirectoryForWorkspace } from 'nx/src/utils/cache-directory';
import { getAllFileDataInContext, refreshWorkspaceContext } from 'nx/src/utils/workspace-context';

/*
 * The only file that reaches behind Nx's public API, which any version of Nx may change. It takes from there
 * - find-project-for-path: which project a file belongs to, by Nx's own rule;
 * - workspace-context: Nx's list of files with their hashes, from the daemon where one runs;
 * - cache-directory: the folder that `nx reset` empties, for what this plugin caches.
 */

/** In {@link projectFiles}, the name under which files are that belong to no project. */
const NO_PROJECT = '.';

/**
 * Nx's own list of each project's files as they are now (paths relative to the workspace root; what git ignores is not
 * in it), by project name. Works in a forked executor: with a daemon it asks the daemon, without one it walks the
 * workspace, once more for each call. `@nx/devkit` has the same, and loads all of Nx for it: nearly half a second of a
 * run that has nothing to do.
 */
export async function projectFiles(workspaceRoot: string, { nodes }: ProjectGraph): Promise<Record<string, string[]>> {
  refreshWorkspaceContext(workspaceRoot);
  const roots = createProjectRootMappings(nodes);
  if (!roots.has('.')) roots.set('.', NO_PROJECT);
  const byProject = new Map([...Object.keys(nodes), NO_PROJECT].map((name) => [name, [] as string[]]));
  for (const file of (await workspaceFiles(workspaceRoot)).keys())
    byProject.get(findProjectForPath(file, roots) ?? '')?.push(file);
  return Object.fromEntries(byProject);
}

/**
 * Nx's hash of every file of the workspace, by path: what `createNodes`, which has no graph yet, is not told. A
 * plugin's worker gets it from its host and does not walk again.
 */
export async function workspaceFiles(workspaceRoot: string): Promise<Map<string, string>> {
  const files = await getAllFileDataInContext(workspaceRoot);
  return new Map(files.map(({ file, hash }) => [file, hash]));
}

/** The folder of Nx's own cache of the graph; `nx reset` empties it. */
export function nxDataFolder(workspaceRoot: string): string {
  return workspaceDataDirectoryForWorkspace(workspaceRoot);
}
