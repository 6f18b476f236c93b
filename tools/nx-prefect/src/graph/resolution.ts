import { posix } from 'node:path';
import type { PluginOptions } from '../options/plugin-options';
import { readLayout, type Layout } from '../workspace/layout';
import { createModuleResolver, type ModuleResolver } from './modules';
import { createPackageGraph, type PackageGraph } from './packages/package-graph';
import { shipped } from '../workspace/shipped';

/** What decides which projects and packages imports reach. */
export interface Resolution {
  layout: Layout;
  modules: ModuleResolver;
  packages: PackageGraph;
}

let last: { workspaceRoot: string; files: ReadonlyMap<string, string>; options: string; made: Resolution } | undefined;

/**
 * `createNodes` and `createDependencies` ask one after the other, and a daemon asks again after every edit. They get
 * the same object if and only if the options, the list of files and all contents are the same. Only the content of
 * Python that ships may differ: it says nothing but its imports, which are read elsewhere.
 *
 * @param files Nx's hash of every file of the workspace, by path
 */
export function resolution(
  workspaceRoot: string,
  files: ReadonlyMap<string, string>,
  options: PluginOptions,
): Resolution {
  const said = JSON.stringify(options);
  const known =
    last?.workspaceRoot === workspaceRoot && last.options === said && same(last.files, files) ? last.made : undefined;
  const made = known ?? resolve(workspaceRoot, files, options);
  last = { workspaceRoot, files, options: said, made };
  return made;
}

function resolve(workspaceRoot: string, files: ReadonlyMap<string, string>, options: PluginOptions): Resolution {
  const layout = readLayout(files.keys(), options);
  const modules = createModuleResolver(layout, options.imports);
  const packages = createPackageGraph({
    workspaceRoot,
    hashes: files,
    layout,
    modules,
    packageNames: options.packageNames,
  });
  return { layout, modules, packages };
}

function same(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): boolean {
  if (before.size !== now.size) return false;
  for (const [file, hash] of before) {
    const other = now.get(file);
    if (other !== hash && (other === undefined || !isSource(file))) return false;
  }
  return true;
}

/**
 * Whether it is Python that ships, whichever folder is its project: some names stay behind only right at the project's
 * root.
 */
function isSource(file: string): boolean {
  return file.endsWith('.py') && shipped(file) && shipped(posix.basename(file));
}
