import { posix } from 'node:path';
import { grouped } from '../core/grouped';
import type { Import } from '../scanner/imports';
import type { Traits } from '../scanner/traits';
import { WorkspaceFiles } from './imported-files';
import { flowFileOf, folderOf, isFile as isFilePath } from './flow-places';
import { isFileFlow, type Layout, type SourceFolder } from './layout';
import { shipped } from './shipped';

/** What ships with a project besides the folders that ship whole: found by imports, file by file. */
export interface LooseFiles {
  /** Workspace paths, sorted. */
  files: readonly string[];
  /** Paths of modules that would ship if they were there: of one that was deleted, too. Without an ending. */
  missing: readonly string[];
  /** Folders that ship whole and that these modules, or a flow without a folder, import by a path from the root. */
  projects: readonly string[];
  /** The imports of the Python files among them, by file; of a flow without a folder its own first. */
  imports: readonly (readonly [file: string, found: readonly Import[]])[];
}

const NOTHING_LOOSE: LooseFiles = { files: [], missing: [], projects: [], imports: [] };

interface Sources {
  /** Every file of the workspace that git does not ignore. */
  files: Iterable<string>;
  layout: Layout;
  /** The deepest first. */
  sourceRoots: readonly string[];
  /** The `prefect.yaml` files that name a flow's file, by that. */
  namedBy: ReadonlyMap<string, readonly string[]>;
  importsOf(file: string): readonly Import[];
  traitsOf(file: string): Traits;
  /** Whether modules of this first name are Python's or Prefect's own. */
  isElsewhere(first: string): boolean;
}

/**
 * The files that a flow ships of folders that don't ship whole.
 *
 * These are the modules that its imports reach, each with the `__init__.py` above it and the data in its package's own
 * folder. A package ships whole where a reached file in it imports what no statement names, or looks for files beside
 * its own.
 */
export class LooseModules {
  readonly #sources: Sources;
  readonly #python: WorkspaceFiles;
  readonly #all: readonly string[];
  /** Folders that ship whole. */
  readonly #whole: ReadonlySet<string>;
  readonly #flows: ReadonlySet<string>;
  readonly #fileFlows: ReadonlySet<string>;
  /** In which such flows lie. */
  readonly #folders: ReadonlySet<string>;
  /** Modules that are not flows, by these folders. */
  #declaring: Map<string, string[]> | undefined;
  readonly #known = new Map<string, LooseFiles>();
  readonly #searchPaths = new Map<string, readonly string[]>();
  readonly #below = new Map<string, readonly string[]>();

  constructor(sources: Sources) {
    const { layout, files } = sources;
    this.#sources = sources;
    this.#all = [...files].filter(shipped).sort();
    this.#python = new WorkspaceFiles(this.#all.filter((file) => file.endsWith('.py')));
    const fileFlows = layout.flows.filter(isFileFlow);
    this.#fileFlows = new Set(fileFlows.map(({ file }) => file));
    this.#folders = new Set(fileFlows.map(({ file }) => posix.dirname(file)));
    this.#whole = new Set([...layout.flows, ...layout.libs].map(({ root }) => root));
    this.#flows = new Set(layout.flows.map(({ file }) => file));
  }

  /** Whether an import in a file of the project at `root` leads to a file of the workspace, or into a folder of it. */
  isOurs(found: Import, file: string, root: string): boolean {
    const searchPath = this.searchPath(root);
    const { files, missing } = this.#python.reach(found, file, searchPath, file === flowFileOf(root));
    return files.length > 0 || !missing.includes(posix.join(searchPath[0]!, found.module.split('.')[0]!));
  }

  /**
   * Where Python looks for modules of the workspace when a file of this project is run, from first to last: in its
   * folder, at the root, beside a `prefect.yaml` that names it, and in source roots, its own first.
   */
  searchPath(root: string): readonly string[] {
    let found = this.#searchPaths.get(root);
    if (!found) {
      const { sourceRoots, namedBy } = this.#sources;
      const own = sourceRoots.filter((each) => root.startsWith(`${each}/`));
      const besideYaml = isFilePath(root) ? (namedBy.get(root) ?? []).map((file) => posix.dirname(file)) : [];
      found = [...new Set([folderOf(root), '.', ...besideYaml, ...own, ...sourceRoots])];
      this.#searchPaths.set(root, found);
    }
    return found;
  }

  /** Folders below which files ship at the top as well, where Python finds them. */
  shippedAtTop(root: string): readonly string[] {
    return this.searchPath(root)
      .slice(1)
      .filter((each) => each !== '.');
  }

  of(source: SourceFolder): LooseFiles {
    let found = this.#known.get(source.root);
    if (!found) this.#known.set(source.root, (found = this.#find(source)));
    return found;
  }

  #find({ kind, root, python }: SourceFolder): LooseFiles {
    const isFile = isFilePath(root);
    const own = isFile ? [root] : python.filter(shipped).map((path) => `${root}/${path}`);
    const flowFile = kind === 'flow' ? flowFileOf(root) : undefined;
    const searchPath = this.searchPath(root);
    const isOwnFolder = new Set(isFile ? [] : own);
    const declaring = isFile ? this.#declaringBeside(root, searchPath) : [];
    const [reached, missing, projects] = [new Set([...own, ...declaring]), new Set<string>(), new Set<string>()];
    for (const file of reached) {
      if (!file.endsWith('.py')) continue;
      const isOwn = isOwnFolder.has(file);
      for (const found of this.#sources.importsOf(file)) {
        const { files, missing: gone } = this.#python.reach(found, file, searchPath, file === flowFile);
        for (const each of files) {
          const whole = this.#wholeFolderOf(each);
          if (whole === undefined) reached.add(each);
          else if (!isOwn && whole !== root) projects.add(whole);
        }
        if (gone.length > 0 && this.#mayCome(found, gone, searchPath, isOwn))
          for (const each of gone) missing.add(each);
      }
      if (!isOwn) for (const each of this.#besides(file)) reached.add(each);
    }
    for (const file of own) reached.delete(file);
    if (!isFile && reached.size + missing.size + projects.size === 0) return NOTHING_LOOSE;
    const files = [...reached].sort();
    return {
      files,
      missing: [...missing].filter((path) => this.#wholeFolderOf(`${path}.py`) === undefined).sort(),
      projects: [...projects].sort(),
      imports: [...(isFile ? own : []), ...files].flatMap((file) =>
        file.endsWith('.py') ? [[file, this.#sources.importsOf(file)] as const] : [],
      ),
    };
  }

  /** A `deployments.py` in the folder of a flow that imports it: nothing imports such a file, and it counts. */
  #declaringBeside(flow: string, searchPath: readonly string[]): string[] {
    const { importsOf, traitsOf } = this.#sources;
    this.#declaring ??= grouped(
      this.#all.filter(
        (file) => file.endsWith('.py') && this.#folders.has(posix.dirname(file)) && !this.#flows.has(file),
      ),
      (file) => posix.dirname(file),
    );
    return (this.#declaring.get(posix.dirname(flow)) ?? []).filter(
      (file) =>
        traitsOf(file).declares &&
        importsOf(file).some((found) => this.#python.reach(found, file, searchPath, true).files.includes(flow)),
    );
  }

  /** Whether a module that is not there may be one of the workspace's, and not a package's. */
  #mayCome({ module, level }: Import, gone: readonly string[], searchPath: readonly string[], isOwn: boolean): boolean {
    const [first = ''] = module.split('.');
    const isNowhere = level === 0 && gone.includes(posix.join(searchPath[0]!, first));
    return !isNowhere || !(isOwn || this.#sources.isElsewhere(first));
  }

  /**
   * The folder by which another project ships the file. A flow without its own folder does not belong to the flow in
   * whose folder it lies.
   */
  #wholeFolderOf(file: string): string | undefined {
    if (this.#fileFlows.has(file)) return undefined;
    for (let folder = posix.dirname(file); folder !== '.'; folder = posix.dirname(folder))
      if (this.#whole.has(folder)) return folder;
    return undefined;
  }

  /** What ships because a module in the same package does. */
  #besides(file: string): readonly string[] {
    const { importsUnnamed, readsBeside } = this.#sources.traitsOf(file);
    const top = this.#python.packageOf(file);
    const folder = posix.dirname(file);
    if (top === undefined) {
      if (folder === '.' || !(importsUnnamed || readsBeside)) return [];
      return this.#filesBelow(folder).filter((each) => !each.endsWith('.py'));
    }
    if (importsUnnamed) return this.#filesBelow(top);
    if (readsBeside) return this.#filesBelow(top).filter((each) => !this.#flows.has(each));
    return this.#filesBelow(folder).filter((each) => !each.endsWith('.py') && this.#nearestPackage(each) === folder);
  }

  #nearestPackage(file: string): string {
    let folder = posix.dirname(file);
    while (folder !== '.' && !this.#python.has(`${folder}/__init__.py`)) folder = posix.dirname(folder);
    return folder;
  }

  #filesBelow(folder: string): readonly string[] {
    let found = this.#below.get(folder);
    if (!found) {
      const start = lowerBound(this.#all, `${folder}/`);
      let end = start;
      while (this.#all[end]?.startsWith(`${folder}/`)) end++;
      this.#below.set(folder, (found = this.#all.slice(start, end)));
    }
    return found;
  }
}

function lowerBound(sorted: readonly string[], value: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
