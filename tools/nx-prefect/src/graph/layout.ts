import { posix } from 'node:path';
import type { PluginOptions } from '../options';
import { shipped } from './shipped';

/** A folder that is a project: of a flow (it has a flow.py) or of a lib (it has Python). */
export interface SourceFolder {
  kind: 'flow' | 'lib';
  /** `flows/project_1/flow1`, `libs/alerts` */
  root: string;
  /** The name its project gets when no project.json says another: `project_1-flow1`, `alerts`. */
  name: string;
  /** The Python files, paths below root, sorted. */
  python: string[];
}

export interface Layout {
  flows: SourceFolder[];
  libs: SourceFolder[];
}

export type Directories = Pick<PluginOptions, 'flowsDirectory' | 'libsDirectory'>;

/** Told from the files' paths alone (relative to the workspace root); those that aren't Python are passed over. */
export function readLayout(files: Iterable<string>, { flowsDirectory, libsDirectory }: Directories): Layout {
  const flows = new Map<string, string[]>();
  const libs = new Map<string, string[]>();
  for (const file of files) {
    if (!file.endsWith('.py')) continue;
    collect(flows, file, flowsDirectory, 2);
    collect(libs, file, libsDirectory, 1);
  }
  return {
    flows: folders('flow', flows, (root) => root.split('/').slice(-2).join('-')).filter(({ python }) => python.includes('flow.py')),
    libs: folders('lib', libs, (root) => posix.basename(root)),
  };
}

/** Adds a file to the folder `depth` levels below the directory that holds it. */
function collect(found: Map<string, string[]>, file: string, directory: string, depth: number): void {
  if (!file.startsWith(`${directory}/`)) return;
  let end = directory.length;
  for (let level = 0; level < depth; level++) {
    end = file.indexOf('/', end + 1);
    if (end < 0) return;
  }
  const root = file.slice(0, end);
  const path = file.slice(end + 1);
  const paths = found.get(root);
  if (paths) paths.push(path);
  else found.set(root, [path]);
}

function folders(kind: SourceFolder['kind'], found: Map<string, string[]>, name: (root: string) => string): SourceFolder[] {
  return [...found]
    .map(([root, python]) => ({ kind, root, name: name(root), python: python.sort() }))
    .sort((a, b) => (a.root < b.root ? -1 : 1));
}

/**
 * Where a lib's file (a path below its root) lies when it is imported by its package's own name: of `libs/alerts`,
 * `__init__.py` and `alerts/__init__.py` and `src/alerts/__init__.py` are all `alerts/__init__.py`. Undefined for what
 * belongs to no package: `pyproject.toml`, `setup.py`, `docs/`.
 */
export function pathAtTop(lib: Pick<SourceFolder, 'root' | 'python'>): (path: string) => string | undefined {
  const python = lib.python.filter(shipped);
  if (python.includes('__init__.py')) return (path) => `${posix.basename(lib.root)}/${path}`;
  const tops = new Set(python.map(withoutSource).map((path) => (path.includes('/') ? path.slice(0, path.indexOf('/')) : path)));
  tops.delete('setup.py');
  return (path) => {
    const below = withoutSource(path);
    const slash = below.indexOf('/');
    return tops.has(slash < 0 ? below : below.slice(0, slash)) ? below : undefined;
  };
}

function withoutSource(path: string): string {
  return path.startsWith('src/') ? path.slice('src/'.length) : path;
}
