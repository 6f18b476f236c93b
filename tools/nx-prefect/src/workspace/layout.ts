import { posix } from 'node:path';
import type { PluginOptions } from '../options/plugin-options';
import { globPattern } from '../core/glob';
import { isFile } from './flow-places';

/** What is a project: a flow or a lib, by its folder, or a flow by its file alone. */
export interface SourceFolder {
  kind: 'flow' | 'lib';
  /** `flows/project_1/flow1`, `libs/alerts`; `flows/etl.py` of a flow without a folder of its own. */
  root: string;
  /** The name its project gets when no project.json says another: `project_1-flow1`, `alerts`, `etl`. */
  name: string;
  /** The Python files, paths below root, sorted; none of a flow without a folder. */
  python: string[];
}

export interface FlowSource extends SourceFolder {
  kind: 'flow';
  /** The file that Prefect loads, relative to the workspace root: `flows/project_1/flow1/flow.py`. */
  file: string;
}

export interface Layout {
  flows: FlowSource[];
  libs: SourceFolder[];
  /** Libs whose modules ship file by file: those that flows without a folder lie in, or that source roots hold. */
  packages: SourceFolder[];
}

export type Directories = Pick<PluginOptions, 'flowsDirectory' | 'libsDirectory'> &
  Partial<Pick<PluginOptions, 'sourceRoots'>>;

/** The file by which a folder is a flow's. */
const FLOW_FILE = 'flow.py';

/**
 * Finds flows and libs by the paths of files. Paths are relative to the workspace root.
 *
 * @param flowFiles files that are flows besides, wherever they lie: of flow-files.ts
 */
export function readLayout(
  files: Iterable<string>,
  { flowsDirectory, libsDirectory, sourceRoots = [`${libsDirectory}/*`] }: Directories,
  flowFiles: readonly string[] = [],
): Layout {
  const python = [...files].filter((file) => file.endsWith('.py'));
  const { folders: folderFlows, files: fileFlows } = flowsOf(python, flowsDirectory, flowFiles);
  const own = new Set(fileFlows);
  const flowAbove = nearest(folderFlows);
  const foldersOfLib = sourceRoots.map(below);
  const flows = new Map<string, string[]>(folderFlows.map((folder) => [folder, []]));
  const libs = new Map<string, string[]>();
  const around = new Set<string>();
  for (const file of python) {
    const flow = flowAbove(file);
    let lib: string | undefined;
    for (const folder of foldersOfLib) lib = longest(lib, folder(file));
    if (own.has(file)) {
      if (lib !== undefined) around.add(lib);
      continue;
    }
    if (flow !== undefined) collect(flows, flow, file);
    if (lib !== undefined) collect(libs, lib, file);
  }
  for (const root of libs.keys()) if (flowAbove(`${root}/x`) !== undefined) libs.delete(root);
  const named = distinctNames();
  const nameOfFlow = flowName(flowsDirectory);
  const [packages, wholeLibs] = [
    [...libs].filter(([root]) => around.has(root)),
    [...libs].filter(([root]) => !around.has(root)),
  ];
  return {
    flows: [
      ...sorted(flows).map(([root, paths]) =>
        flowSource(root, `${root}/${FLOW_FILE}`, named(root, nameOfFlow(root)), paths),
      ),
      ...fileFlows.map((file) => flowSource(file, file, named(file, nameOfFlow(file)), [])),
    ],
    libs: libSources(wholeLibs, sourceRoots, named),
    packages: libSources(packages, sourceRoots, named),
  };
}

/** Whether a flow has no folder of its own. */
export function isFileFlow({ root }: Pick<SourceFolder, 'root'>): boolean {
  return isFile(root);
}

/**
 * The folder that a flow is counted to, which its tag names: the first one below the flows' directory, and of a file
 * elsewhere the folder that it lies in.
 */
export function projectOfFlow(root: string, flowsDirectory: string): string {
  const path = root.startsWith(`${flowsDirectory}/`) ? root.slice(flowsDirectory.length + 1) : '';
  if (!isFileFlow({ root }) && path !== '') return firstOf(path);
  return posix.basename(posix.dirname(root)).replace(/^\.$/, '');
}

function flowSource(root: string, file: string, name: string, python: string[]): FlowSource {
  return { kind: 'flow', root, file, name, python: python.sort() };
}

/**
 * A folder with a flow.py is a flow's, at any depth below the flows' directory. Deeper than two levels, such a folder
 * inside of another flow's is part of that one. A folder that holds other flows is not the flow's own: it is a project
 * by its file.
 */
function flowsOf(
  python: readonly string[],
  flowsDirectory: string,
  flowFiles: readonly string[],
): { folders: string[]; files: string[] } {
  const depth = (folder: string) => folder.split('/').length - flowsDirectory.split('/').length;
  const found = python
    .filter((file) => file.startsWith(`${flowsDirectory}/`) && posix.basename(file) === FLOW_FILE)
    .map((file) => posix.dirname(file))
    .filter((folder) => depth(folder) > 0)
    .sort((a, b) => depth(a) - depth(b));
  const flows: string[] = [];
  const deep = new Set<string>();
  for (const folder of found) {
    if (depth(folder) > 2 && ancestors(folder).some((above) => deep.has(above))) continue;
    flows.push(folder);
    if (depth(folder) > 1) deep.add(folder);
  }
  const holders = new Set(flows.flatMap(ancestors));
  const folders = flows.filter((folder) => !holders.has(folder));
  const known = new Set(folders.map((folder) => `${folder}/${FLOW_FILE}`));
  const files = [
    ...flows.filter((folder) => holders.has(folder)).map((folder) => `${folder}/${FLOW_FILE}`),
    ...flowFiles,
  ];
  return { folders, files: [...new Set(files)].filter((file) => !known.has(file)).sort() };
}

function ancestors(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, at) => parts.slice(0, at + 1).join('/'));
}

/** Finds the folder of a file among folders that do not contain each other. */
function nearest(folders: readonly string[]): (file: string) => string | undefined {
  const known = new Set(folders);
  let last: [folder: string, found: string | undefined] = ['', undefined];
  return (file) => {
    const folder = posix.dirname(file);
    if (folder !== last[0]) last = [folder, [...ancestors(folder), folder].find((each) => known.has(each))];
    return last[1];
  };
}

/** `flows/p/f` is p-f, `flows/etl` and `flows/etl/flow.py` are etl, `src/my_pkg/flows/daily.py` is daily. */
function flowName(flowsDirectory: string): (root: string) => string {
  return (root) => {
    const folder = root.endsWith(`/${FLOW_FILE}`) ? posix.dirname(root) : root;
    if (isFileFlow({ root: folder })) return posix.basename(folder, '.py');
    if (!folder.startsWith(`${flowsDirectory}/`)) return posix.basename(folder);
    return folder.slice(flowsDirectory.length + 1).replaceAll('/', '-');
  };
}

/** Where two want one name, the later gets its path for one. */
function distinctNames(): (root: string, name: string) => string {
  const taken = new Set<string>();
  return (root, wanted) => {
    const name = taken.has(wanted) ? root : wanted;
    taken.add(name);
    return name;
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

function libSources(
  found: readonly [root: string, python: string[]][],
  sourceRoots: readonly string[],
  named: (root: string, name: string) => string,
): SourceFolder[] {
  const name = nameOfLib(sourceRoots);
  return sorted(found).map(([root, python]) => ({
    kind: 'lib',
    root,
    name: named(root, name(root)),
    python: python.sort(),
  }));
}

function sorted(found: Iterable<[string, string[]]>): [string, string[]][] {
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
}

function firstOf(path: string): string {
  const slash = path.indexOf('/');
  return slash < 0 ? path : path.slice(0, slash);
}
