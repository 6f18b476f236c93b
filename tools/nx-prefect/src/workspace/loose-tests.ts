import { posix } from 'node:path';
import { grouped } from '../core/grouped';
import type { Import } from '../scanner/imports';
import { WorkspaceFiles } from './imported-files';
import { isFileFlow, type FlowSource, type Layout } from './layout';
import { packageSearchPath } from './lib-modules';
import { isTestModule, subjectOf } from './tests';

/** Tests of a project that lie outside of its folder. Workspace paths, sorted. */
export interface LooseTestsOf {
  modules: readonly string[];
  /** Python that they load, in no folder that is a project's, and all else in a folder of tests around them. */
  read: readonly string[];
}

const NONE: LooseTestsOf = { modules: [], read: [] };

interface Sources {
  /** Every file of the workspace that git does not ignore. */
  files: Iterable<string>;
  layout: Layout;
  sourceRoots: readonly string[];
  importsOf(file: string): readonly Import[];
  /** Where Python looks for modules when a project's tests run, after the test's own folder. */
  searchPathOf(root: string): readonly string[];
}

/**
 * Which flow or lib a test module belongs to that lies in no project's folder: the flows that it imports, else the flow
 * that it is named after, else the libs that it imports. Imports go first, since they are what the test runs.
 */
export class LooseTests {
  /** What no target runs, in sentences. */
  readonly notes: readonly string[];
  /** The same text if and only if every project has the same tests, which load the same. */
  readonly fingerprint: string;
  readonly #sources: Sources;
  readonly #python: WorkspaceFiles;
  readonly #found = new Map<string, LooseTestsOf>();

  constructor(sources: Sources) {
    this.#sources = sources;
    const { files, layout, searchPathOf } = sources;
    const all = [...files];
    const python = all.filter((file) => file.endsWith('.py'));
    const folders = new Set([...foldersOf(layout), ...layout.packages.map(({ root }) => root)]);
    const tests = python.filter((file) => isTestModule(posix.basename(file)) && !isBelow(file, folders)).sort();
    this.#python = new WorkspaceFiles(tests.length === 0 ? [] : python);
    const flows = flowsByName(layout.flows);
    const modules = new Map<string, string[]>();
    const [unclear, without]: [string[], string[]] = [[], []];
    for (const test of tests) {
      const owners = this.#ownersOf(test, flows);
      if (owners === 'unclear') unclear.push(test);
      else if (owners.length === 0) without.push(test);
      else for (const root of owners) modules.set(root, [...(modules.get(root) ?? []), test]);
    }
    const whole = new Set(foldersOf(layout));
    const besideTests = grouped(
      tests.length === 0 ? [] : all.filter((file) => !isTestModule(posix.basename(file))),
      testsFolderOf,
    );
    for (const [root, own] of modules) {
      const read = new Set(own.flatMap((test) => besideTests.get(testsFolderOf(test) ?? '') ?? []));
      const conftests = own.flatMap((test) => conftestsAbove(test).filter((file) => this.#python.has(file)));
      for (const file of [...own, ...conftests]) this.#addLoaded(file, searchPathOf(root), whole, read);
      for (const test of own) read.delete(test);
      this.#found.set(root, { modules: own, read: [...read].sort() });
    }
    this.notes = [...unclearNotes(unclear), ...withoutNotes(without, layout.flows, [...modules.values()].flat())];
    this.fingerprint = JSON.stringify([...this.#found]);
  }

  of(root: string): LooseTestsOf {
    return this.#found.get(root) ?? NONE;
  }

  #ownersOf(test: string, flows: ReadonlyMap<string, readonly FlowSource[]>): string[] | 'unclear' {
    const { layout, importsOf, sourceRoots, searchPathOf } = this.#sources;
    const imports = importsOf(test);
    const places = [this.#baseOf(test), '.', ...sourceRoots, ...layout.libs.map(packageSearchPath)];
    const reached = new Set(imports.flatMap((found) => this.#python.reach(found, test, places, false).files));
    const names = imports.flatMap(({ module, names: of }) => [...module.split('.'), ...of]);
    const named = [...new Set(names.flatMap((name) => flows.get(name) ?? []))];
    const imported = named.filter(({ file }) => reached.has(file));
    if (imported.length > 0) return imported.map(({ root }) => root);
    // `import daily`: a flow's own folder is on the path of its tests.
    const beside = named.filter(({ root, file }) => {
      const path = [this.#baseOf(test), ...searchPathOf(root)];
      return imports.some((found) => this.#python.reach(found, test, path, false).files.includes(file));
    });
    const candidates = beside.length > 0 ? beside : (flows.get(subjectOf(test)) ?? []);
    if (candidates.length > 0) return candidates.length === 1 ? [candidates[0]!.root] : 'unclear';
    const libs = new Set([...layout.libs, ...layout.packages].map(({ root }) => root));
    return [...new Set([...reached].flatMap((file) => folderAmong(file, libs) ?? []))].sort();
  }

  /** The folder that pytest puts first on `sys.path`: the nearest one that is no package. */
  #baseOf(test: string): string {
    const top = this.#python.packageOf(test);
    return posix.dirname(top ?? test);
  }

  #addLoaded(test: string, searchPath: readonly string[], whole: ReadonlySet<string>, into: Set<string>): void {
    const path = [this.#baseOf(test), ...searchPath];
    const seen = new Set([test]);
    for (const file of seen) {
      into.add(file);
      for (const found of this.#sources.importsOf(file))
        for (const each of this.#python.reach(found, file, path, false).files)
          if (!isBelow(each, whole)) seen.add(each);
    }
  }
}

/** Folders whose files are a project's, tests too. */
function foldersOf({ flows, libs }: Layout): string[] {
  return [...flows.filter((flow) => !isFileFlow(flow)), ...libs].map(({ root }) => root);
}

/** By the name of the module, and of a flow's own folder too. */
function flowsByName(flows: readonly FlowSource[]): Map<string, FlowSource[]> {
  const found = new Map<string, FlowSource[]>();
  for (const flow of flows) {
    const names = [posix.basename(flow.file, '.py'), ...(isFileFlow(flow) ? [] : [posix.basename(flow.root)])];
    for (const name of new Set(names)) found.set(name, [...(found.get(name) ?? []), flow]);
  }
  return found;
}

/** The outermost folder `tests` or `test` that a file lies in. */
function testsFolderOf(file: string): string | undefined {
  return /^(?:.*?\/)?tests?(?=\/)/.exec(file)?.[0];
}

/** pytest loads these from the workspace root down to a test. */
export function conftestsAbove(path: string): string[] {
  const folders = path.split('/').map((_, depth, parts) => parts.slice(0, depth).join('/'));
  return folders.map((folder) => posix.join(folder, 'conftest.py'));
}

function folderAmong(file: string, folders: ReadonlySet<string>): string | undefined {
  for (let folder = posix.dirname(file); folder !== '.'; folder = posix.dirname(folder))
    if (folders.has(folder)) return folder;
  return undefined;
}

function isBelow(file: string, folders: ReadonlySet<string>): boolean {
  return folderAmong(file, folders) !== undefined;
}

function unclearNotes(tests: readonly string[]): string[] {
  if (tests.length === 0) return [];
  return [
    `Several flows may be meant by these tests, which no target runs: ${tests.join(', ')}. ` +
      'Import the flow by its path from the root.',
  ];
}

/** Those beside flows without a folder, or beside their tests: another program's tests may be anywhere. */
function withoutNotes(tests: readonly string[], flows: readonly FlowSource[], owned: readonly string[]): string[] {
  const files = [...flows.filter(isFileFlow).map(({ file }) => file), ...owned];
  const folders = new Set(files.map((file) => posix.dirname(file)));
  const beside = tests.filter((test) => folders.has(posix.dirname(test)));
  if (beside.length === 0) return [];
  return [`These tests import no flow and no lib, and none has their name; no target runs them: ${beside.join(', ')}.`];
}
