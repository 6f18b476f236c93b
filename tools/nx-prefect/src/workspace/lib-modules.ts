import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { SourceFolder } from './layout';
import { shipped } from './shipped';

/** What says where a lib's modules lie. */
type Lib = Pick<SourceFolder, 'root' | 'python'>;

/**
 * Where a lib's file (a path below its root) lies when it is imported by its package's own name: of `libs/alerts`,
 * `__init__.py` and `alerts/__init__.py` and `src/alerts/__init__.py` are all `alerts/__init__.py`. Undefined for what
 * belongs to no package: `pyproject.toml`, `setup.py`, `docs/`, and all that is not in `src/` where that has Python.
 */
export function pathAtTop(lib: Lib): (path: string) => string | undefined {
  const kind = libKind(lib);
  if (kind === 'package') return (path) => `${posix.basename(lib.root)}/${path}`;
  const python = lib.python.filter(shipped);
  const source = kind === 'src' ? 'src/' : '';
  const tops = new Set(
    python.filter((path) => path.startsWith(source)).map((path) => firstOf(path.slice(source.length))),
  );
  tops.delete('setup.py');
  return (path) => {
    const inSource = path.startsWith(source) ? path.slice(source.length) : '';
    return tops.has(firstOf(inSource)) ? inSource : undefined;
  };
}

/** Whether a lib's folder is a package itself, or its packages lie in `src/`, or in the folder. */
export function libKind({ python }: Pick<Lib, 'python'>): 'package' | 'src' | 'flat' {
  if (python.includes('__init__.py')) return 'package';
  return python.some((path) => path.startsWith('src/') && shipped(path)) ? 'src' : 'flat';
}

/**
 * The folders to put on sys.path so that a lib's modules are found by their own names where the lib lies: the rule of
 * {@link pathAtTop}, without a list of files. Where there is a `src/`, the lib's folder is searched too, since `src/`
 * may hold no Python that ships.
 *
 * @param root the lib's folder, relative to the workspace root, as are the results
 */
export function searchPathsOf(workspaceRoot: string, root: string): string[] {
  // A folder that is a package itself is imported by its name; its modules must not be found without it.
  if (existsSync(join(workspaceRoot, root, '__init__.py'))) return [posix.dirname(root)];
  return existsSync(join(workspaceRoot, root, 'src')) ? [`${root}/src`, root] : [root];
}

/** The one folder below which a lib's packages are found by their own names: the rule of {@link pathAtTop}. */
export function packageSearchPath(lib: Lib): string {
  const kind = libKind(lib);
  return kind === 'package' ? posix.dirname(lib.root) : kind === 'src' ? `${lib.root}/src` : lib.root;
}

/**
 * The module that a Python file below a folder of sys.path is, or is in: of `tasks.py` tasks, of `alerts/mail.py`
 * alerts.
 */
export function topOf(path: string): string {
  const slash = path.indexOf('/');
  return slash < 0 ? path.replace(/\.py$/, '') : path.slice(0, slash);
}

function firstOf(path: string): string {
  const slash = path.indexOf('/');
  return slash < 0 ? path : path.slice(0, slash);
}
