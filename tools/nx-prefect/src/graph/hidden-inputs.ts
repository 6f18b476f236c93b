import { gitFiles } from '../workspace/git-files';
import { linkTargets } from '../workspace/linked-files';
import type { Inputs } from './environment-inputs';

/**
 * Inputs of a folder's project that Nx's hashes of its files leave out.
 * @param root the folder, relative to the workspace root
 */
export type HiddenInputs = (root: string) => Inputs;

export const NOTHING_HIDDEN: HiddenInputs = () => [];

/**
 * What links point to: Nx keeps the hash of a link until the link itself changes. And files that were forced into git
 * past an ignore rule: Nx has no hash of them, so git is asked for one when a task is hashed.
 */
export async function findHiddenInputs(workspaceRoot: string): Promise<HiddenInputs> {
  const { links, forced } = (await gitFiles(workspaceRoot)) ?? { links: [], forced: [] };
  if (links.length + forced.length === 0) return NOTHING_HIDDEN;
  const known = new Map<string, Inputs>();
  const inputsOf = (root: string): Inputs => {
    const targets = linkTargets(workspaceRoot, root, links);
    const own = forced.filter(
      (file) =>
        file.startsWith(`${root}/`) ||
        targets.some((target) => file === target || (target.endsWith('/**') && file.startsWith(target.slice(0, -2)))),
    );
    return [...targets.map(fileset), ...own.map((file) => ({ runtime: `git hash-object -- ${quoted(file)}` }))];
  };
  return (root) => {
    let inputs = known.get(root);
    if (!inputs) known.set(root, (inputs = inputsOf(root)));
    return inputs;
  };
}

/** A character that means something in a pattern stands as "any one". */
function fileset(path: string): string {
  const folder = path.endsWith('/**') ? path.slice(0, -3) : undefined;
  const plain = (folder ?? path).replace(/[\\!()[\]{}|+@*?,]/g, '?');
  return `{workspaceRoot}/${plain}${folder === undefined ? '' : '/**/*'}`;
}

function quoted(path: string): string {
  return process.platform === 'win32' ? `"${path.replaceAll('%', '')}"` : `'${path.replaceAll("'", `'\\''`)}'`;
}
