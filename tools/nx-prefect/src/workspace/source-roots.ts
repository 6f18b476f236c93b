import { posix } from 'node:path';
import { parse } from 'smol-toml';
import { isObject } from '../core/is-object';

/** Files by which a folder is a Python project, whose packages an installation puts on sys.path. */
const PROJECT_FILES = new Set(['pyproject.toml', 'setup.cfg', 'setup.py']);

interface Sources {
  /** Every file of the workspace that git does not ignore. */
  files: Iterable<string>;
  /** The text of one of them; '' for one that can't be read. */
  textOf(file: string): string;
}

/**
 * The folders below which Python finds the packages of a checkout once these are installed, the deepest first: of each
 * folder with a pyproject.toml, setup.cfg or setup.py, and of the root, what that file says, else its `src/` where that
 * has Python, else the folder itself. The root itself does not count: it is searched anyway.
 */
export function findSourceRoots({ files, textOf }: Sources): string[] {
  const projects = new Map<string, string[]>([['.', []]]);
  const python = new Set<string>();
  for (const file of files) {
    if (file.endsWith('.py')) for (const each of [file, ...foldersAbove(file)]) python.add(each);
    if (!PROJECT_FILES.has(posix.basename(file))) continue;
    const folder = posix.dirname(file);
    projects.set(folder, [...(projects.get(folder) ?? []), file]);
  }
  const roots = [...projects].flatMap(([folder, found]) => {
    const said = found.flatMap((file) => saidBy(file, textOf(file))).map((root) => posix.join(folder, root));
    const existing = said.filter((root) => python.has(root));
    if (existing.length > 0) return existing;
    const src = posix.join(folder, 'src');
    return python.has(src) && !python.has(posix.join(src, '__init__.py')) ? [src] : [folder];
  });
  return [...new Set(roots)].filter((root) => root !== '.' && python.has(root)).sort(deepestFirst);
}

/** The deepest source root that a file lies in, if any. */
export function sourceRootOf(file: string, roots: readonly string[]): string | undefined {
  return roots.filter((root) => file.startsWith(`${root}/`)).sort(deepestFirst)[0];
}

function deepestFirst(one: string, other: string): number {
  return other.split('/').length - one.split('/').length || (one < other ? -1 : 1);
}

function* foldersAbove(file: string): Iterable<string> {
  for (let folder = posix.dirname(file); ; folder = posix.dirname(folder)) {
    yield folder;
    if (folder === '.') return;
  }
}

/** What setuptools, Poetry, Hatch, uv and PDM are told of where packages lie, relative to the file's folder. */
function saidBy(file: string, text: string): string[] {
  if (file.endsWith('.toml')) return saidInPyproject(text);
  if (!file.endsWith('.cfg')) return [];
  const where = [...text.matchAll(/^\s*where\s*=\s*(\S+)\s*$/gm)].map(([, folder]) => folder!);
  const [, packageDir] = /^package_dir\s*=\s*(?:\n\s+)?=\s*(\S+)\s*$/m.exec(text) ?? [];
  return packageDir === undefined ? where : [packageDir, ...where];
}

function saidInPyproject(text: string): string[] {
  let content: unknown;
  try {
    content = parse(text);
  } catch {
    return []; // uv, Poetry and pip say what is wrong with it
  }
  const at = (...path: string[]) =>
    path.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), content);
  const { '': packageDir } = (at('tool', 'setuptools', 'package-dir') ?? {}) as Record<string, unknown>;
  const poetry = list(at('tool', 'poetry', 'packages')).map((entry) => (isObject(entry) ? entry['from'] : undefined));
  const hatch = list(at('tool', 'hatch', 'build', 'targets', 'wheel', 'packages')).map((path) =>
    typeof path === 'string' ? posix.dirname(path) : undefined,
  );
  const said = [
    packageDir,
    ...list(at('tool', 'setuptools', 'packages', 'find', 'where')),
    ...poetry,
    ...hatch,
    at('tool', 'uv', 'build-backend', 'module-root'),
    at('tool', 'pdm', 'build', 'package-dir'),
  ];
  return said.filter((folder): folder is string => typeof folder === 'string' && !folder.startsWith('..'));
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
