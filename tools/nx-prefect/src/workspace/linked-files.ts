import { statSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { GitFiles } from './git-files';
import { realPathInside } from './read-shipped';

/**
 * Files that count as a project's though Nx's list leaves them out: those that were forced into git, and those below a
 * linked folder, at the link's place. A link that can't be followed is listed itself, so that reading it says why.
 * @param listed Nx's list
 */
export function filesBesides(
  workspaceRoot: string,
  listed: ReadonlySet<string>,
  { links, forced }: GitFiles,
): string[] {
  const unlisted = [...new Set([...forced, ...links])].filter((path) => !listed.has(path));
  const files = new Set<string>();
  for (const path of unlisted) follow(path, path, []);
  return [...files];

  /** @param at where the path shows, below one link or several */
  function follow(path: string, at: string, above: readonly string[]): void {
    const folder = linkedFolder(workspaceRoot, path);
    if (folder === undefined || above.includes(folder)) {
      files.add(at);
      return;
    }
    const place = (found: string) => at + found.slice(folder.length);
    const isBelow = (found: string) => found.startsWith(`${folder}/`);
    const below = [...listed].filter(isBelow);
    const inner = unlisted.filter(isBelow);
    for (const found of below) files.add(place(found));
    for (const found of inner) follow(found, place(found), [...above, folder]);
    if (below.length + inner.length === 0) files.add(at);
  }
}

/**
 * What the links of some folder depend on: paths of files and, as `<folder>/**`, of folders.
 * @param root the folder, relative to the workspace root
 */
export function linkTargets(workspaceRoot: string, root: string, links: readonly string[]): string[] {
  const targets = new Set<string>();
  const roots = [root];
  for (const folder of roots) {
    for (const link of links) {
      if (!link.startsWith(`${folder}/`)) continue;
      const linked = linkedFolder(workspaceRoot, link);
      const target = linked ?? realPathInside(workspaceRoot, link);
      if (!target) continue;
      targets.add(linked === undefined ? target : `${linked}/**`);
      if (linked !== undefined && !roots.includes(linked)) roots.push(linked);
    }
  }
  return [...targets].sort();
}

/** The folder that a link leads to, if it is one of the workspace and does not hold the link itself. */
function linkedFolder(workspaceRoot: string, link: string): string | undefined {
  const folder = realPathInside(workspaceRoot, link);
  const above = realPathInside(workspaceRoot, posix.dirname(link));
  if (!folder || above === undefined || `${above}/`.startsWith(`${folder}/`)) return undefined;
  return statSync(join(workspaceRoot, folder)).isDirectory() ? folder : undefined;
}
