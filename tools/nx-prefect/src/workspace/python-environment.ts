import { existsSync, lstatSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { FlowError } from '../core/errors';
import { isExecutable } from '../core/find-on-path';
import { interpreterOf, pythonOnPath, VENV } from './python-interpreters';

export interface Environment {
  /** Absolute path of the interpreter. */
  python: string;
}

export interface EnvironmentQuery {
  workspaceRoot: string;
  /** The flow's folder, relative to the workspace root. */
  projectRoot: string;
  /**
   * The option `python`: an interpreter or a virtual environment's folder, relative to the workspace root or absolute.
   */
  python?: string | undefined;
  /** Where `python3` is looked for; the process's PATH unless told. */
  path?: string | undefined;
}

/** Lock files whose tools put the environment into a sibling `.venv`, and the command that does. */
const LOCKS: readonly [file: string, command: string][] = [
  ['uv.lock', '`uv sync`'],
  ['poetry.lock', '`poetry config virtualenvs.in-project true`, then `poetry install`'],
  ['pdm.lock', '`pdm install`'],
];

/**
 * The Python of a flow: the option, else the nearest `.venv` from the flow's folder up to the workspace root, else
 * `python3` (then `python`) on the PATH. Starts no process. A lock file without its environment is an error, and so is
 * a `.venv` without its Python: an environment further up has other packages, perhaps another Prefect.
 *
 * @throws FlowError `python-not-found`, `environment-missing`
 */
export function findEnvironment({ workspaceRoot, projectRoot, python, path }: EnvironmentQuery): Environment {
  if (python) return explicit(workspaceRoot, python);
  for (const folder of foldersUp(workspaceRoot, projectRoot)) {
    const here = relative(workspaceRoot, folder) || 'the workspace root';
    const found = interpreterOf(join(folder, VENV));
    if (found) return { python: found };
    if (lstatSync(join(folder, VENV), { throwIfNoEntry: false })) throw brokenEnvironment(workspaceRoot, folder);
    const lock = LOCKS.find(([file]) => existsSync(join(folder, file)));
    if (lock) {
      throw new FlowError({
        code: 'environment-missing',
        file: relative(workspaceRoot, join(folder, lock[0])),
        what: `There is a ${lock[0]} in ${here}, and no \`.venv\` beside it.`,
        next: `Run ${lock[1]} there, or name an interpreter with the option \`python\`.`,
      });
    }
  }
  return onPath(path ?? process.env['PATH'] ?? '', projectRoot);
}

function brokenEnvironment(workspaceRoot: string, folder: string): FlowError {
  return new FlowError({
    code: 'environment-missing',
    file: relative(workspaceRoot, join(folder, VENV)),
    what: 'There is no Python interpreter in this virtual environment; the one that it was made with may be gone.',
    next: 'Create it again, or name an interpreter with the option `python`.',
  });
}

function explicit(workspaceRoot: string, python: string): Environment {
  const given = resolve(workspaceRoot, python);
  const found = isFolder(given) ? interpreterOf(given) : isExecutable(given) ? given : undefined;
  if (found) return { python: found };
  throw new FlowError({
    code: 'python-not-found',
    what: `The option \`python\` names ${python}, and there is no Python interpreter.`,
    next: 'Create that environment, or correct the option (a path from the workspace root, or an absolute one).',
  });
}

function onPath(path: string, projectRoot: string): Environment {
  const python = pythonOnPath(path);
  if (python !== undefined) return { python };
  throw new FlowError({
    code: 'python-not-found',
    file: projectRoot,
    what: 'There is no `.venv` from this folder up to the workspace root, and no `python3` on the PATH.',
    next:
      'Create an environment with Prefect (`uv venv`, then `uv pip install prefect`), ' +
      'or name one with the option `python`.',
  });
}

function foldersUp(workspaceRoot: string, projectRoot: string): string[] {
  const top = resolve(workspaceRoot);
  const folders = [resolve(top, projectRoot)];
  for (let folder = folders[0]!; folder !== top && dirname(folder) !== folder;) {
    folder = dirname(folder);
    folders.push(folder);
  }
  return folders;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
