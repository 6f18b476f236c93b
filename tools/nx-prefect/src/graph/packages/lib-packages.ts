import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DependencyType, type RawProjectGraphDependency } from '@nx/devkit';
import { scanImports, type Import } from '../imports';
import type { Layout, SourceFolder } from '../layout';
import type { ModuleResolver } from '../modules';
import { shipped } from '../shipped';
import { everyPackage, libPackages } from './external-nodes';
import type { Governed, Lock } from './governed';
import type { PackageResolver } from './package-resolver';

/** Everything that edges to packages are made from. */
export interface PackageGraph {
  layout: Layout;
  governed: Governed;
  modules: ModuleResolver;
  packages: PackageResolver;
}

/** What importing from other projects of the workspace brings along, given their roots. */
export function packagesOfProjects(roots: Iterable<string>, lock: Lock, { layout, governed }: Pick<PackageGraph, 'layout' | 'governed'>): string[] {
  const libs = new Set(layout.libs.map(({ root }) => root));
  return [...roots].flatMap((root) => {
    if (libs.has(root)) return [libPackages(lock, root)];
    // A flow's own edges are to the packages of its own lock. Running it with another's is rare, and not looked into.
    return governed.lockOf(root) === lock ? [] : [everyPackage(lock)];
  });
}

/** What each lib uses, with each lock. They start in no file, so they are to be told for every graph. */
export function libEdges(workspaceRoot: string, hashes: ReadonlyMap<string, string>, graph: PackageGraph): RawProjectGraphDependency[] {
  const { layout, governed, modules, packages } = graph;
  const edges: RawProjectGraphDependency[] = [];
  for (const lib of layout.libs) {
    const imports = importsOf(workspaceRoot, lib, hashes);
    const roots = new Set(imports.flatMap(({ found, file }) => modules.resolve(found, file, lib.root)));
    for (const lock of governed.locks) {
      const source = libPackages(lock, lib.root);
      const targets = new Set([...imports.flatMap(({ found }) => packages.resolve(found, lib.root, lock)), ...packagesOfProjects(roots, lock, graph)]);
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
