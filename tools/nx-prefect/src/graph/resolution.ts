import type { PluginOptions } from '../options';
import { readLayout, type Layout } from './layout';
import { createModuleResolver, type ModuleResolver } from './modules';
import { createPackageGraph, type PackageGraph } from './packages/package-graph';

/** What decides where imports lead. */
export interface Resolution {
  layout: Layout;
  modules: ModuleResolver;
  packages: PackageGraph;
}

let last: { workspaceRoot: string; files: ReadonlyMap<string, string>; options: string; made: Resolution } | undefined;

/**
 * `createNodes` and `createDependencies` ask for the same files one after the other: then it is made once. `files` has Nx's hash of
 * every file of the workspace, by path.
 */
export function resolution(workspaceRoot: string, files: ReadonlyMap<string, string>, options: PluginOptions): Resolution {
  const said = JSON.stringify(options);
  if (last?.workspaceRoot === workspaceRoot && last.options === said && same(last.files, files)) return last.made;
  const layout = readLayout(files.keys(), options);
  const modules = createModuleResolver(layout, options.imports);
  const packages = createPackageGraph({ workspaceRoot, hashes: files, layout, modules, packageNames: options.packageNames });
  last = { workspaceRoot, files, options: said, made: { layout, modules, packages } };
  return last.made;
}

function same(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  if (one.size !== other.size) return false;
  for (const [file, hash] of one) if (other.get(file) !== hash) return false;
  return true;
}
