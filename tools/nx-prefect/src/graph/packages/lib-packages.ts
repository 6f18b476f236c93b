import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DependencyType, type RawProjectGraphDependency } from '@nx/devkit';
import { scanImports, type Import } from '../imports';
import type { SourceFolder } from '../layout';
import type { ModuleResolver } from '../modules';
import { shipped } from '../shipped';
import { everyPackage, libPackages } from './external-nodes';
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
export function packagesOfProjects(roots: Iterable<string>, lock: Lock, { libs, governed }: Pick<Resolvers, 'libs' | 'governed'>): string[] {
  return [...roots].flatMap((root) => {
    if (libs.has(root)) return [libPackages(lock, root)];
    // A flow's own edges are to the packages of its own lock. Running it with another's is rare, and not looked into.
    return governed.lockOf(root) === lock ? [] : [everyPackage(lock)];
  });
}

/** What each lib uses, with each lock. They start in no file, so they are to be told for every graph. */
export function libEdges(workspaceRoot: string, hashes: ReadonlyMap<string, string>, graph: Resolvers): RawProjectGraphDependency[] {
  const { libs, governed, modules, packages } = graph;
  const edges: RawProjectGraphDependency[] = [];
  for (const lib of libs.values()) {
    const imports = importsOf(workspaceRoot, lib, hashes).map(({ found, file }) => ({ found, projects: modules.resolve(found, file, lib.root) }));
    const roots = new Set(imports.flatMap(({ projects }) => projects));
    for (const lock of governed.locks) {
      const source = libPackages(lock, lib.root);
      const targets = new Set([...imports.flatMap(({ found, projects }) => packages.resolve(found, lib.root, lock, projects.length > 0)), ...packagesOfProjects(roots, lock, graph)]);
      for (const target of targets) edges.push({ source, target, type: DependencyType.static });
    }
  }
  return edges;
}

/** By Nx's hash of the file: it changes when the content does. */
const scanned = new Map<string, Import[]>();

function importsOf(workspaceRoot: string, { root, python }: SourceFolder, hashes: ReadonlyMap<string, string>): { found: Import; file: string }[] {
  return python.filter(shipped).flatMap((path) => {
    const file = `${root}/${path}`;
    const hash = hashes.get(file) ?? file;
    const known = scanned.get(hash) ?? scanImports(read(join(workspaceRoot, file)));
    scanned.set(hash, known);
    return known.map((found) => ({ found, file }));
  });
}

function read(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch {
    return new Uint8Array(); // deleted since Nx listed it: the next graph says so
  }
}
