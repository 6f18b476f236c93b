import type { PluginOptions } from '../options/plugin-options';
import { globPattern } from '../core/glob';

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

export type Directories = Pick<PluginOptions, 'flowsDirectory' | 'libsDirectory'> &
  Partial<Pick<PluginOptions, 'sourceRoots'>>;

/** Finds flows and libs by the paths of files alone. Paths are relative to the workspace root. */
export function readLayout(
  files: Iterable<string>,
  { flowsDirectory, libsDirectory, sourceRoots = [`${libsDirectory}/*`] }: Directories,
): Layout {
  const folderOfFlow = below(`${flowsDirectory}/*/*`);
  const foldersOfLib = sourceRoots.map(below);
  const flows = new Map<string, string[]>();
  const libs = new Map<string, string[]>();
  for (const file of files) {
    if (!file.endsWith('.py')) continue;
    const flow = folderOfFlow(file);
    if (flow !== undefined) collect(flows, flow, file);
    let lib: string | undefined;
    for (const folder of foldersOfLib) lib = longest(lib, folder(file));
    if (lib !== undefined) collect(libs, lib, file);
  }
  for (const [root, python] of flows) if (!python.includes('flow.py')) flows.delete(root);
  for (const root of libs.keys()) if (flows.has(root) || flows.has(folderOfFlow(`${root}/x`) ?? '')) libs.delete(root);
  return {
    flows: folders('flow', flows, (root) => root.split('/').slice(-2).join('-')),
    libs: folders('lib', libs, nameOfLib(sourceRoots)),
  };
}

function longest(one: string | undefined, other: string | undefined): string | undefined {
  return one === undefined || (other !== undefined && other.length > one.length) ? other : one;
}

/** Says which of the folders that a file lies in matches a pattern. */
function below(pattern: string): (file: string) => string | undefined {
  const depth = pattern.split('/').length;
  const { source } = globPattern(pattern);
  const start = new RegExp(`${source.slice(0, -1)}/`, 's');
  const fixed = pattern.slice(0, /[*?{]|$/.exec(pattern)!.index);
  /** The folder before: files come folder by folder, so most share it. */
  let last = '';
  let matches = false;
  return (file) => {
    if (!file.startsWith(fixed)) return undefined;
    let end = -1;
    for (let level = 0; level < depth; level++) {
      end = file.indexOf('/', end + 1);
      if (end < 0) return undefined;
    }
    const folder = file.slice(0, end);
    if (folder !== last) [last, matches] = [folder, start.test(`${folder}/`)];
    return matches ? last : undefined;
  };
}

function collect(found: Map<string, string[]>, root: string, file: string): void {
  const path = file.slice(root.length + 1);
  const paths = found.get(root);
  if (paths) paths.push(path);
  else found.set(root, [path]);
}

/**
 * `libs/*` names `libs/alerts` alerts, `teams/*\/python` names `teams/sales/python` sales-python: from the first
 * wildcard on.
 */
function nameOfLib(sourceRoots: readonly string[]): (root: string) => string {
  const patterns = sourceRoots.map((pattern) => ({
    folder: below(pattern),
    wildcard: pattern.split('/').findIndex((segment) => /[*?{]/.test(segment)),
  }));
  return (root) => {
    const wildcard = patterns.find(({ folder }) => folder(`${root}/x`) === root)?.wildcard ?? -1;
    return root.split('/').slice(wildcard).join('-');
  };
}

function folders(
  kind: SourceFolder['kind'],
  found: Map<string, string[]>,
  name: (root: string) => string,
): SourceFolder[] {
  return [...found]
    .map(([root, python]) => ({ kind, root, name: name(root), python: python.sort() }))
    .sort((a, b) => (a.root < b.root ? -1 : 1));
}
