import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { gitText } from './git';

/** The commit that is checked out, a few digits of it; empty where there is no repository, no commit, or no git. */
export async function headCommit(workspaceRoot: string): Promise<string> {
  return (await gitText(workspaceRoot, 'rev-parse', '--short=12', '--verify', 'HEAD')) ?? '';
}

/** Whether a commit is what is checked out, or came before it; false also where git does not know it. */
export async function isAncestor(workspaceRoot: string, commit: string): Promise<boolean> {
  if (!/^[0-9a-f]{7,}$/.test(commit)) return false;
  return (await gitText(workspaceRoot, 'merge-base', '--is-ancestor', commit, 'HEAD')) !== undefined;
}

/**
 * How a commit stands to what is checked out: `newer` where the checkout is an ancestor of it, `other` where it came
 * before or lies on another branch, `unknown` where this clone does not have it.
 */
export async function relationOf(
  workspaceRoot: string,
  commit: string,
): Promise<'same' | 'newer' | 'other' | 'unknown'> {
  const [full, head] = await Promise.all([
    gitText(workspaceRoot, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${commit}^{commit}`),
    gitText(workspaceRoot, 'rev-parse', '--verify', 'HEAD'),
  ]);
  if (full === undefined) return 'unknown';
  if (full === head) return 'same';
  return (await gitText(workspaceRoot, 'merge-base', '--is-ancestor', 'HEAD', full)) === undefined ? 'other' : 'newer';
}

/** Whether a file, relative to the workspace root, is neither on disk nor in the commit that is checked out. */
export async function isGone(workspaceRoot: string, file: string): Promise<boolean> {
  if (existsSync(join(workspaceRoot, file))) return false;
  return (await gitText(workspaceRoot, 'cat-file', '-e', `HEAD:./${file}`)) === undefined;
}

/** Whether the clone holds the whole history. */
export async function isWholeClone(workspaceRoot: string): Promise<boolean> {
  return (await gitText(workspaceRoot, 'rev-parse', '--is-shallow-repository')) === 'false';
}
