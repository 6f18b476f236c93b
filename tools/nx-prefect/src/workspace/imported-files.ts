import { posix } from 'node:path';
import type { Import } from '../scanner/imports';

/** What an import leads to among the files of a workspace. */
export interface Reached {
  /** Modules that it runs, `__init__.py` of the packages above them among them. Workspace paths. */
  files: readonly string[];
  /** Paths without an ending of modules that are not there, and would be loaded if they were. */
  missing: readonly string[];
}

/**
 * Python's rules for the files of a checkout: along a search path, the first package or module of a name wins, and
 * folders without `__init__.py` are one package together.
 */
export class WorkspaceFiles {
  readonly #files: ReadonlySet<string>;
  readonly #folders = new Set<string>();
  readonly #known = new Map<string, Reached>();

  /** @param python every Python file that can ship */
  constructor(python: Iterable<string>) {
    this.#files = new Set(python);
    for (const file of this.#files)
      for (
        let folder = posix.dirname(file);
        folder !== '.' && !this.#folders.has(folder);
        folder = posix.dirname(folder)
      )
        this.#folders.add(folder);
  }

  has(file: string): boolean {
    return this.#files.has(file);
  }

  /** The outermost package that a module lies in, by folders with an `__init__.py`; undefined for none. */
  packageOf(file: string): string | undefined {
    let found: string | undefined;
    for (let folder = posix.dirname(file); this.#files.has(`${folder}/__init__.py`); folder = posix.dirname(folder))
      found = folder;
    return found;
  }

  /**
   * @param searchPath folders, in Python's order; '.' is the workspace root
   * @param isFlow Prefect loads this file as a package of two folders, its own and the root
   */
  reach({ module, level, names }: Import, file: string, searchPath: readonly string[], isFlow: boolean): Reached {
    if (isFlow && level > 1) return { files: [], missing: [] };
    const here = isFlow
      ? [...new Set([posix.dirname(file), '.'])]
      : this.#portionsOf(climb(posix.dirname(file), level - 1), searchPath);
    const above = level === 0 ? searchPath : here;
    const parts = module === '' ? [] : module.split('.');
    const wanted = names.length === 0 || names.includes('*') ? [parts] : names.map((name) => [...parts, name]);
    const found = wanted.map((path) => this.#reachPath(path, above));
    return {
      files: unique(found.flatMap(({ files }) => files)),
      missing: unique(found.flatMap((each) => each.missing)),
    };
  }

  /** The folders that are one package with this one: for one without `__init__.py`, those of its name elsewhere too. */
  #portionsOf(folder: string, searchPath: readonly string[]): string[] {
    if (searchPath.includes(folder) || this.#files.has(`${folder}/__init__.py`)) return [folder];
    const names = searchPath.flatMap((place) =>
      place === '.' ? [folder] : folder.startsWith(`${place}/`) ? [folder.slice(place.length + 1)] : [],
    );
    const others = names.flatMap((name) => searchPath.map((place) => posix.join(place, name)));
    return [...new Set([folder, ...others.filter((each) => this.#folders.has(each))])];
  }

  #reachPath(parts: readonly string[], searchPath: readonly string[]): Reached {
    const key = `${parts.join('.')} ${searchPath.join(':')}`;
    let found = this.#known.get(key);
    if (!found) this.#known.set(key, (found = this.#walk(parts, searchPath)));
    return found;
  }

  #walk(parts: readonly string[], searchPath: readonly string[]): Reached {
    const files: string[] = [];
    let folders = searchPath;
    for (const [at, part] of parts.entries()) {
      const portions: string[] = [];
      let next: string[] | undefined;
      for (const folder of folders) {
        const path = posix.join(folder, part);
        if (this.#files.has(`${path}/__init__.py`)) {
          files.push(`${path}/__init__.py`);
          next = [path];
          break;
        }
        if (this.#files.has(`${path}.py`)) return { files: [...files, `${path}.py`], missing: [] };
        if (this.#folders.has(path)) portions.push(path);
      }
      next ??= portions;
      if (next.length === 0) {
        // Any of these would do, for a folder without `__init__.py` is a package too.
        const gone = parts.slice(at).map((_, depth) => posix.join(...parts.slice(at, at + depth + 1)));
        return { files, missing: folders.flatMap((folder) => gone.map((path) => posix.join(folder, path))) };
      }
      folders = next;
    }
    return { files, missing: [] };
  }
}

function climb(folder: string, levels: number): string {
  return levels <= 0 ? folder : climb(posix.dirname(folder), levels - 1);
}

function unique(paths: string[]): string[] {
  return [...new Set(paths)];
}
