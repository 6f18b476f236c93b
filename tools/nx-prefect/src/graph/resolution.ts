import { join, posix } from 'node:path';
import { readTextIfThere } from '../core/read-file';
import type { PluginOptions } from '../options/plugin-options';
import { findFlowFiles, type FlowFiles, type FlowNote, withoutFlowNotes } from '../workspace/flow-files';
import { readLayout, type Layout } from '../workspace/layout';
import { packageSearchPath } from '../workspace/lib-modules';
import { LooseModules } from '../workspace/loose-modules';
import { LooseTests } from '../workspace/loose-tests';
import { packagesBelow } from '../workspace/source-packages';
import { findSourceRoots } from '../workspace/source-roots';
import { createModuleResolver, type ModuleResolver } from './modules';
import { createPackageGraph, type PackageGraph } from './packages/package-graph';
import { inStandardLibrary } from './packages/standard-library';
import { openReadings } from './readings';
import { shipped } from '../workspace/shipped';

/** What decides which projects and packages imports reach. */
export interface Resolution {
  layout: Layout;
  modules: ModuleResolver;
  packages: PackageGraph;
}

/** What of it files' contents say. */
export interface Surroundings {
  flowFiles: FlowFiles;
  loose: LooseModules;
  tests: LooseTests;
  /** What counts for nothing. */
  notes: readonly FlowNote[];
  /** The same text if and only if every project reaches the same files. */
  looseFingerprint: string;
}

let last: { workspaceRoot: string; files: ReadonlyMap<string, string>; said: string; made: Resolution } | undefined;

let lastAll:
  | { workspaceRoot: string; files: ReadonlyMap<string, string>; options: string; all: Resolution & Surroundings }
  | undefined;

/**
 * `createNodes` and `createDependencies` ask one after the other, and a daemon asks again after every edit. They get
 * the same resolution if and only if the options, the list of files, the flows and all contents are the same. Only the
 * content of Python that ships may differ: it says nothing but its imports, which are read elsewhere.
 *
 * @param files Nx's hash of every file of the workspace, by path
 */
export function resolution(
  workspaceRoot: string,
  files: ReadonlyMap<string, string>,
  options: PluginOptions,
): Resolution & Surroundings {
  const optionsNow = JSON.stringify(options);
  if (lastAll?.workspaceRoot === workspaceRoot && lastAll.options === optionsNow && equal(lastAll.files, files))
    return lastAll.all;
  const readings = openReadings(workspaceRoot);
  const textOf = (file: string) => readTextIfThere(join(workspaceRoot, file)) ?? '';
  const found = findSourceRoots({ files: files.keys(), textOf });
  const flowFiles = findFlowFiles({
    files: files.keys(),
    patterns: options.flows,
    sourceRoots: found,
    entrypointsOf: (file) => readings.entrypoints(file, files.get(file)!),
    definesFlow: (file) => readings.traits(file, files.get(file)!).definesFlow,
  });
  const said = JSON.stringify([options, flowFiles.files]);
  const known =
    last?.workspaceRoot === workspaceRoot && last.said === said && same(last.files, files) ? last.made : undefined;
  const made = known ?? resolve(workspaceRoot, files, options, flowFiles.files);
  last = { workspaceRoot, files, said, made };
  const { flows, libs, packages: told } = made.layout;
  const sourceRoots = [...new Set([...told.map(packageSearchPath), ...found])];
  const loose = new LooseModules({
    files: files.keys(),
    layout: made.layout,
    sourceRoots,
    namedBy: flowFiles.namedBy,
    importsOf: (file) => readings.imports(file, files.get(file)!),
    traitsOf: (file) => readings.traits(file, files.get(file)!),
    isElsewhere: (first) => first === 'prefect' || inStandardLibrary(first),
  });
  const reached = [...flows, ...libs].map((source) => [source, loose.of(source)] as const);
  const packages = [...told, ...packagesBelow(found, files.keys(), reached, made.layout)];
  const ofPackages = packages.map((source) => [source, loose.of(source)] as const);
  const looseFingerprint = JSON.stringify(
    [...reached, ...ofPackages].flatMap(([{ root, python }, { files: of, missing, projects, imports }]) =>
      of.length + missing.length + projects.length === 0
        ? []
        : [
            [
              root,
              // Where its edges start.
              python.find(shipped),
              of,
              missing,
              projects,
              [...new Set(imports.flatMap(([, each]) => each.map(({ module }) => module)))],
            ],
          ],
    ),
  );
  const layout = { ...made.layout, packages };
  const tests = new LooseTests({
    files: files.keys(),
    layout,
    sourceRoots,
    importsOf: (file) => readings.imports(file, files.get(file)!),
    searchPathOf: (root) => loose.searchPath(root),
  });
  const withFlows = new Set(flowFiles.without.length === 0 ? [] : reached.flatMap(([, { files: of }]) => of));
  const notes = [...flowFiles.notes, ...withoutFlowNotes(flowFiles.without.filter((file) => !withFlows.has(file)))];
  const all = { ...made, layout, flowFiles, loose, tests, notes, looseFingerprint };
  lastAll = { workspaceRoot, files, options: optionsNow, all };
  return all;
}

function resolve(
  workspaceRoot: string,
  files: ReadonlyMap<string, string>,
  options: PluginOptions,
  flowFiles: readonly string[],
): Resolution {
  const layout = readLayout(files.keys(), options, flowFiles);
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

function equal(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): boolean {
  return before.size === now.size && [...before].every(([file, hash]) => now.get(file) === hash);
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
