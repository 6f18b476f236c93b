import type { ProjectGraph } from '@nx/devkit';
import { FlowError } from '../core/errors';
import { dataFilesOf, SHIPPED } from './data-files';
import { refuseOddFolder } from './folder-names';
import { isFile } from './flow-places';
import { pathAtTop, topOf } from './lib-modules';
import { looseOf } from './loose-inputs';
import { shipped } from './shipped';
import { sourceRootOf } from './source-roots';

export interface ShippedFile {
  /** Relative to the workspace root. */
  from: string;
  /** Relative to the root of the tree that the flow runs from. */
  to: string;
}

/** The part of a project graph that decides what ships. */
export type Graph = {
  nodes: Record<
    string,
    { data: Pick<ProjectGraph['nodes'][string]['data'], 'root' | 'tags' | 'namedInputs' | 'targets'> }
  >;
  dependencies: Record<string, readonly { target: string }[]>;
};

/**
 * The files that go with a flow, ordered by `to`. The same set as the inputs of its `build`:
 *
 * - its own files and those of every flow and lib that it depends on, at their workspace paths,
 * - the libs' packages once more at the top, where `import alerts` finds them,
 * - the modules that their imports reach in no such folder, and those of source roots once more at the top,
 * - the data files that these flows declare.
 *
 * @param files each project's files, as `projectFiles` returns them
 * @throws FlowError `shipped-twice` if two libs want the same path at the top, `no-data-files` if a declared pattern
 * matches none, `folder-name` for a folder whose files Nx can't watch
 */
export function shippedFiles(project: string, graph: Graph, files: Record<string, readonly string[]>): ShippedFile[] {
  const sources = new Map<string, { from: string; owner: string }>();
  for (const owner of [project, ...dependenciesOf(project, graph)]) {
    const { root, tags = [] } = graph.nodes[owner]!.data;
    const kind = tags.includes('type:flow') ? 'flow' : tags.includes('type:lib') ? 'lib' : undefined;
    if (kind === undefined) continue;
    refuseOddFolder(root, project);
    if (kind === 'lib' && shipsNothing(graph.nodes[owner]!.data)) continue;
    for (const { from, to } of looseFiles(graph.nodes[owner]!.data, project))
      place(sources, { from, to, owner }, project);
    const paths = (isFile(root) ? [] : (files[owner] ?? [])).map((file) => file.slice(root.length + 1)).filter(shipped);
    const atTop =
      kind === 'lib' ? pathAtTop({ root, python: paths.filter((path) => path.endsWith('.py')) }) : () => undefined;
    for (const path of paths) {
      const from = `${root}/${path}`;
      place(sources, { from, to: from, owner }, project);
      const top = atTop(path);
      if (top !== undefined) place(sources, { from, to: top, owner }, project);
    }
    for (const from of dataFilesOf(owner, graph.nodes[owner]!.data, files))
      place(sources, { from, to: from, owner }, project);
  }
  return [...sources].map(([to, { from }]) => ({ from, to })).sort((a, b) => (a.to < b.to ? -1 : 1));
}

/** Of a package whose modules ship file by file: they are among what each flow reaches. */
function shipsNothing({ namedInputs }: Graph['nodes'][string]['data']): boolean {
  return namedInputs?.[SHIPPED]?.length === 0;
}

/** What ships with a project file by file: at its workspace path, and at the top if it lies below a source root. */
function looseFiles(data: Graph['nodes'][string]['data'], flow: string): ShippedFile[] {
  const { reached, sourceRoots } = looseOf(data);
  const files = new Set(isFile(data.root) ? [data.root, ...reached] : reached);
  return [...files].flatMap((from) => {
    refuseOddFolder(from, flow);
    const sourceRoot = sourceRootOf(from, sourceRoots);
    const atTop = sourceRoot === undefined ? from : from.slice(sourceRoot.length + 1);
    // The root comes before source roots, where a name lies in both.
    const module = topOf(atTop);
    const isHidden = [atTop, `${module}.py`, `${module}/__init__.py`].some((path) => files.has(path));
    return isHidden ? [{ from, to: from }] : [from, atTop].map((to) => ({ from, to }));
  });
}

/** All projects that a project depends on, however far; external nodes and the project itself left out. */
function dependenciesOf(project: string, { nodes, dependencies }: Graph): string[] {
  const seen = new Set([project]);
  for (const name of seen) {
    for (const { target } of dependencies[name] ?? []) if (nodes[target]) seen.add(target);
  }
  seen.delete(project);
  return [...seen].sort();
}

type Placed = ShippedFile & { owner: string };

function place(sources: Map<string, { from: string; owner: string }>, { from, to, owner }: Placed, flow: string): void {
  const other = sources.get(to);
  if (other !== undefined && other.from !== from) {
    throw new FlowError({
      code: 'shipped-twice',
      flow,
      file: from,
      what:
        `${other.owner} and ${owner} both ship ${to} (from ${other.from} and ${from}), ` +
        'and the flow depends on both.',
      next: 'Rename one of the two modules, or put each into a package of its own.',
    });
  }
  sources.set(to, { from, owner });
}
