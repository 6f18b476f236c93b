/**
 * What Nx knows of the workspace's files, and where it keeps what it knows. The only file that imports from inside of
 * Nx, since `@nx/devkit` has none of these, or loads all of Nx for them:
 *
 * - `find-project-for-path`: which project a file belongs to. The function of `@nx/devkit` that answers it takes nearly
 *   half a second of a run that has nothing to do.
 * - `cache-directory`: the folder of Nx's own cache of the graph, which `nx reset` empties.
 * - `workspace-context`: the list of files with their hashes, which the daemon or the plugin's host has already made.
 */
import type { ProjectGraph } from '@nx/devkit';
import { createProjectRootMappings, findProjectForPath } from 'nx/src/project-graph/utils/find-project-for-path';
import { workspaceDataDirectoryForWorkspace } from 'nx/src/utils/cache-directory';
import * as workspaceContext from 'nx/src/utils/workspace-context';
import { gitFiles } from './git-files';
import { filesBesides } from './linked-files';

/** In {@link projectFiles}, the name of the list of files that belong to no project. */
const NO_PROJECT = '.';

/**
 * Each project's files as they are now, by project name. Paths are relative to the workspace root; files that git
 * ignores and does not track are left out. Nx's own list, with what only git knows of. Works in a forked executor: asks
 * the daemon, or without one walks the workspace on each call.
 */
export async function projectFiles(workspaceRoot: string, { nodes }: ProjectGraph): Promise<Record<string, string[]>> {
  walkAgain(workspaceRoot);
  const roots = createProjectRootMappings(nodes);
  if (!roots.has('.')) roots.set('.', NO_PROJECT);
  const byProject = new Map([...Object.keys(nodes), NO_PROJECT].map((name) => [name, [] as string[]]));
  const [listed, git] = await Promise.all([workspaceFiles(workspaceRoot), gitFiles(workspaceRoot)]);
  const known = new Set(listed.keys());
  for (const file of [...known, ...(git ? filesBesides(workspaceRoot, known, git) : [])])
    byProject.get(findProjectForPath(file, roots) ?? '')?.push(file);
  return Object.fromEntries(byProject);
}

/** Nx 22 has no way to refresh its list: a list that is dropped is made again. */
function walkAgain(workspaceRoot: string): void {
  const { refreshWorkspaceContext, resetWorkspaceContext } = workspaceContext as Partial<typeof workspaceContext>;
  if (refreshWorkspaceContext) refreshWorkspaceContext(workspaceRoot);
  else resetWorkspaceContext?.();
}

/**
 * Nx's hash of every file of the workspace, by path. `createNodes` has no graph yet and needs it. A plugin's worker
 * gets the list from its host and does not walk again.
 */
export async function workspaceFiles(workspaceRoot: string): Promise<Map<string, string>> {
  const files = await workspaceContext.getAllFileDataInContext(workspaceRoot);
  return new Map(files.map(({ file, hash }) => [file, hash]));
}

/** Absolute path of the folder in which Nx keeps its cache of a workspace's graph. */
export function nxDataFolder(workspaceRoot: string): string {
  return workspaceDataDirectoryForWorkspace(workspaceRoot);
}
