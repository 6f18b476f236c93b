import {
  DependencyType,
  logger,
  type CreateDependencies,
  type CreateDependenciesContext,
  type FileMap,
  type RawProjectGraphDependency,
} from '@nx/devkit';
import { readIfThere } from '../core/read-file';
import { parsePluginOptions, type PluginOptions } from '../options/plugin-options';
import { scanImports } from '../scanner/imports';
import { isFile } from '../workspace/flow-places';
import { isFileFlow } from '../workspace/layout';
import { edgesStartIn, looseEdgesOf } from './loose-edges';
import type { ModuleResolver } from './modules';
import { hasPackages } from './packages/external-nodes';
import { openReadings } from './readings';
import { type Resolution, resolution, type Surroundings } from './resolution';
import { shipped } from '../workspace/shipped';

/**
 * Edges from the imports of changed files. Nx keeps the edges of unchanged files; sentinel.ts makes it drop them when
 * they may be wrong.
 *
 * Only files that ship give edges. An edge counts for all targets of a project, so an edge from a test would ship the
 * test's library, and register the flow again when the library changes. Instead, the projects that tests import are
 * inputs of `test`: see targets.ts.
 */
export const createDependencies: CreateDependencies = (rawOptions, context) => {
  const changed = [...pythonFiles(context.filesToProcess, context.projects)];
  const edges =
    changed.length === 0 && !hasPackages(context.externalNodes ?? {}) && !hasFileFlows(context.projects)
      ? []
      : edgesOf(changed, parsePluginOptions(rawOptions), context);
  openReadings(context.workspaceRoot).save();
  return edges;
};

function edgesOf(
  changed: readonly PythonFile[],
  options: PluginOptions,
  context: CreateDependenciesContext,
): RawProjectGraphDependency[] {
  const { projects, fileMap, workspaceRoot, externalNodes = {} } = context;
  const hashes = hashesOf(fileMap);
  const made = resolution(workspaceRoot, hashes, options);
  const { layout, modules, packages } = made;
  modules.ambiguous.clear(); // of tests, which make no edges
  const targets = new Map(Object.values(projects).map(({ root, name }) => [root, name!]));
  for (const node of Object.keys(externalNodes)) targets.set(node, node);
  const known = (reached: readonly string[]) => [...new Set(reached)].flatMap((each) => targets.get(each) ?? []);
  const looseEdges = looseEdgesOf(made);
  const edges: RawProjectGraphDependency[] = [];
  // Nx counts the file of such a flow to no project, or to the one around it: no edge can start in it.
  for (const flow of layout.flows.filter(isFileFlow)) {
    const source = targets.get(flow.root);
    for (const target of source === undefined ? [] : known(looseEdges(flow)))
      edges.push({ source: source!, target, type: DependencyType.implicit });
  }
  const sources = new Map([...layout.flows, ...layout.libs, ...layout.packages].map((each) => [each.root, each]));
  for (const { source, root, file } of changed) {
    const folder = sources.get(root);
    if (!folder || sources.has(file)) continue;
    const reached = reachedBy(made, `${workspaceRoot}/${file}`, file, root);
    for (const target of known([...reached, ...(edgesStartIn(folder) === file ? looseEdges(folder) : [])]))
      edges.push({ source, target, sourceFile: file, type: DependencyType.static });
  }
  warnOfAmbiguous(modules);
  // A lock may have changed since createNodes read it; the next graph has the rest.
  return [
    ...edges,
    ...packages.edges(hashes).filter(({ source, target }) => source in externalNodes && target in externalNodes),
  ];
}

type Made = Resolution & Surroundings;

/** Roots of projects, and names of external nodes. */
function reachedBy({ modules, packages, loose }: Made, path: string, file: string, root: string): Set<string> {
  const reached = new Set<string>();
  // A file that was deleted since Nx listed it has no imports; the next graph says so.
  for (const found of scanImports(readIfThere(path) ?? new Uint8Array())) {
    const roots = modules.resolve(found, file, root);
    for (const each of roots) reached.add(each);
    for (const each of packages.reachedBy(found, root, roots, loose.isOurs(found, file, root))) reached.add(each);
  }
  return reached;
}

interface PythonFile {
  /** The project's name. */
  source: string;
  root: string;
  file: string;
}

function* pythonFiles({ projectFileMap }: FileMap, projects: Record<string, { root: string }>): Iterable<PythonFile> {
  for (const [source, files] of Object.entries(projectFileMap)) {
    const root = projects[source]?.root;
    if (root === undefined) continue;
    for (const { file } of files) {
      if (file.endsWith('.py') && file.startsWith(`${root}/`) && shipped(file.slice(root.length + 1)))
        yield { source, root, file };
    }
  }
}

function hasFileFlows(projects: Record<string, { root: string }>): boolean {
  return Object.values(projects).some(({ root }) => isFile(root));
}

function hashesOf({ projectFileMap, nonProjectFiles }: FileMap): Map<string, string> {
  const hashes = new Map<string, string>();
  for (const files of [...Object.values(projectFileMap), nonProjectFiles])
    for (const { file, hash } of files) hashes.set(file, hash);
  return hashes;
}

function warnOfAmbiguous({ ambiguous }: ModuleResolver): void {
  if (ambiguous.size === 0) return;
  const lines = [...ambiguous].map(([module, roots]) => `  ${module}: ${roots.join(', ')}`);
  logger.warn(
    `Several libs define the same Python module; flows that import it depend on all of them:\n${lines.join('\n')}`,
  );
}
