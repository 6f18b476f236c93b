import { DependencyType, type RawProjectGraphDependency } from '@nx/devkit';
import type { Import } from '../../scanner/imports';
import type { SourceFolder } from '../../workspace/layout';
import type { ModuleResolver } from '../modules';
import type { Readings } from '../readings';
import { shipped } from '../../workspace/shipped';
import { everyPackage, libPackages } from '../../workspace/locks/package-nodes';
import type { Governed, Lock } from './governed';
import type { PackageResolver } from './package-resolver';

/** What a lib's edges are made from. */
interface Resolvers {
  /** By their roots. */
  libs: ReadonlyMap<string, SourceFolder>;
  governed: Governed;
  modules: ModuleResolver;
  packages: PackageResolver;
}

/** What importing from other projects of the workspace brings along, given their roots. */
export function packagesOfProjects(
  roots: Iterable<string>,
  lock: Lock,
  { libs, governed }: Pick<Resolvers, 'libs' | 'governed'>,
): string[] {
  return [...roots].flatMap((root) => {
    if (libs.has(root)) return [libPackages(lock, root)];
    // A flow's own edges are to the packages of its own lock. Running it with another's is rare, and not looked into.
    return governed.lockOf(root) === lock ? [] : [everyPackage(lock)];
  });
}

/** What each lib uses, with each lock. They start in no file, so they are to be told for every graph. */
export function libEdges(
  readings: Readings,
  hashes: ReadonlyMap<string, string>,
  graph: Resolvers,
): RawProjectGraphDependency[] {
  const { libs, governed, modules, packages } = graph;
  const edges: RawProjectGraphDependency[] = [];
  for (const lib of libs.values()) {
    const imports = importsOf(readings, lib, hashes).map(({ found, file }) => ({
      found,
      projects: modules.resolve(found, file, lib.root),
    }));
    const roots = new Set(imports.flatMap(({ projects }) => projects));
    for (const lock of governed.locks) {
      const source = libPackages(lock, lib.root);
      const targets = new Set([
        ...imports.flatMap(({ found, projects }) => packages.resolve(found, lib.root, lock, projects.length > 0)),
        ...packagesOfProjects(roots, lock, graph),
      ]);
      for (const target of targets) edges.push({ source, target, type: DependencyType.static });
    }
  }
  return edges;
}

function importsOf(
  readings: Readings,
  { root, python }: SourceFolder,
  hashes: ReadonlyMap<string, string>,
): { found: Import; file: string }[] {
  return python.filter(shipped).flatMap((path) => {
    const file = `${root}/${path}`;
    return readings.imports(file, hashes.get(file)!).map((found) => ({ found, file }));
  });
}
