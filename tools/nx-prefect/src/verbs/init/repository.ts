import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { gitText } from '../../workspace/git';
import { workspaceFiles } from '../../workspace/nx-files';

/** Lines of .gitignore, for what Nx, Python and this plugin leave in a checkout. */
const IGNORED = ['node_modules', 'dist', '.nx', '.nx-prefect', '.prefect-code', '.venv', '__pycache__'];
/** Folders of others' code, which a repository without a .gitignore does not leave out. */
const INSTALLED = /(^|\/)(\.venv|venv|env|\.virtualenv|node_modules|site-packages)\//;

/** Files of a repository, sorted. */
export async function repositoryFiles(workspaceRoot: string): Promise<string[]> {
  const files = [...(await workspaceFiles(workspaceRoot)).keys()];
  return files.filter((file) => !INSTALLED.test(file)).sort();
}

export async function isRepository(workspaceRoot: string): Promise<boolean> {
  return (await gitText(workspaceRoot, 'rev-parse', '--git-dir')) !== undefined;
}

/** The branch that others start from: the remote's, else the one that is checked out, else `main`. */
export async function defaultBranch(workspaceRoot: string): Promise<string> {
  const remote = await gitText(workspaceRoot, 'symbolic-ref', '--short', 'refs/remotes/origin/HEAD');
  return (
    remote?.replace(/^origin\//, '') ?? (await gitText(workspaceRoot, 'symbolic-ref', '--short', 'HEAD')) ?? 'main'
  );
}

/** Address of the remote `origin`; undefined where there is none. */
export function originOf(workspaceRoot: string): Promise<string | undefined> {
  return gitText(workspaceRoot, 'remote', 'get-url', 'origin');
}

/** What .gitignore does not ignore yet. A user's own rules outside of the repository do not count. */
export async function notIgnored(workspaceRoot: string, gitignore: string | undefined): Promise<string[]> {
  // With a slash they are folders for git, whether or not they are there.
  const folders = IGNORED.map((name) => `${name}/`);
  const found = await gitText(workspaceRoot, '-c', 'core.excludesFile=', 'check-ignore', '--no-index', ...folders);
  const ignored = new Set([...(found ?? '').split('\n'), ...(gitignore ?? '').split(/\r?\n/)]);
  return IGNORED.filter((name) => !ignored.has(name) && !ignored.has(`${name}/`));
}

/** Which of some paths are not there. */
export function absent(workspaceRoot: string, paths: readonly string[]): string[] {
  return paths.filter((path) => !existsSync(join(workspaceRoot, path)));
}
