import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { git } from './git';

/** What git knows of a workspace and Nx's list of files does not say. Paths are relative to the workspace root. */
export interface GitFiles {
  /** Links that git tracks or would add. Nx's list has links to files only, as if they were files. */
  links: string[];
  /** Files that are tracked although a rule ignores them: `git add --force`. Nx's list leaves them out. */
  forced: string[];
}

/** Links to these are often ignored as folders are, by `.venv/`, which ignores no link. */
const ENVIRONMENT = /(^|\/)(\.venv|node_modules)$/;
/** Mode of a link in git's index. */
const LINK = '120000 ';

/** Asks git once, in three calls side by side. Undefined where there is no repository, or no git. */
export async function gitFiles(workspaceRoot: string): Promise<GitFiles | undefined> {
  const list = (...args: string[]) => gitList(workspaceRoot, args);
  const [tracked, forced, untracked] = await Promise.all([
    list('--stage'),
    list('--ignored', '--cached', '--exclude-standard'),
    list('--others', '--exclude-standard'),
  ]);
  if (!tracked || !forced || !untracked) return undefined;
  const kind = (path: string) => lstatSync(join(workspaceRoot, path), { throwIfNoEntry: false });
  // The index may list what was deleted, or what a merge left in several versions.
  const inIndex = tracked.flatMap((line) => (line.startsWith(LINK) ? [line.slice(line.indexOf('\t') + 1)] : []));
  return {
    links: [...new Set([...inIndex, ...untracked.filter((path) => !ENVIRONMENT.test(path))])].filter((path) =>
      kind(path)?.isSymbolicLink(),
    ),
    forced: [...new Set(forced)].filter((path) => kind(path) !== undefined),
  };
}

/** Files that differ from the last commit, or are not in it; none where there is no repository, no commit or no git. */
export async function uncommittedFiles(workspaceRoot: string): Promise<Set<string>> {
  const [changed, untracked] = await Promise.all([
    lines(workspaceRoot, ['diff', '--name-only', '--relative', '--no-ext-diff', '-z', 'HEAD', '--']),
    gitList(workspaceRoot, ['--others', '--exclude-standard']),
  ]);
  return new Set(changed && untracked ? [...changed, ...untracked] : []);
}

/** Lines of `git ls-files`; undefined where git does not answer. */
function gitList(workspaceRoot: string, args: string[]): Promise<string[] | undefined> {
  return lines(workspaceRoot, ['ls-files', '-z', ...args]);
}

async function lines(workspaceRoot: string, args: string[]): Promise<string[] | undefined> {
  const { ok, output } = await git(workspaceRoot, args);
  return ok ? output.toString().split('\0').filter(Boolean) : undefined;
}
