import { posix } from 'node:path';
import type { Import } from './imports';
import { pathAtTop, type Layout, type SourceFolder } from './layout';
import { shipped } from './shipped';

/** Says which projects' folders an import reaches. */
export interface ModuleResolver {
  /**
   * Roots of the flows and libs that an import may load from, the importing file's own left out. `file` is relative to the
   * workspace root and belongs to the project at `root`. What no project owns (packages, the standard library) gives none.
   */
  resolve(found: Import, file: string, root: string): string[];
  /** The same text if and only if every import resolves the same. */
  readonly fingerprint: string;
  /** Modules that more than one project defines, met by `resolve` so far: the roots by the module's name. */
  readonly ambiguous: ReadonlyMap<string, readonly string[]>;
}

/** What projects define at one dotted name at the top of the shipped tree. Only names that several own have children here. */
interface Module {
  /** Roots with any Python at or below the name. */
  owners: Set<string>;
  /** Roots that define the name itself: a module, or a package with an `__init__.py`. */
  definers: Set<string>;
  children: Map<string, Module>;
}

/**
 * Python's rules where a flow runs: its own folder comes first on sys.path, then the shipped root, where packages of libs lie
 * and the flows and libs directories are mirrored. The longest package prefix that a project owns decides, whether or not the
 * module exists, so that deleting one doesn't lose the edge that makes its importers fail.
 */
export function createModuleResolver(layout: Layout): ModuleResolver {
  const top = modulesAtTop(layout.libs);
  const siblings = shadowingSiblings(layout.flows, top);
  const mirrored = new Map([...layout.flows, ...layout.libs].map((folder) => [folder.root.replaceAll('/', '.'), folder.root]));
  const firsts = new Set([...mirrored.keys()].map((name) => name.slice(0, name.indexOf('.'))));
  const depths = [...new Set([...mirrored.keys()].map((name) => name.split('.').length))];
  const tops = new Map(layout.libs.map((lib) => [lib.root, pathAtTop(lib)]));
  const ambiguous = new Map<string, string[]>();

  function absolute(name: string[], names: string[], into: Set<string>): void {
    const wanted = names.length > 0 ? names.map((last) => (last === '*' ? name : [...name, last])) : [name];
    for (const parts of wanted) {
      for (const depth of firsts.has(parts[0]!) ? depths : []) {
        const owner = mirrored.get(parts.slice(0, depth).join('.'));
        if (owner !== undefined) into.add(owner);
      }
      atTop(parts, into);
    }
  }

  function atTop(parts: string[], into: Set<string>): void {
    let module = top;
    let length = 0;
    for (const part of parts) {
      const child = module.children.get(part);
      if (!child) break;
      module = child;
      length++;
      // Importing a.b.c runs a/__init__.py and a/b/__init__.py too.
      for (const root of module.definers) into.add(root);
      if (module.definers.size > 1) ambiguous.set(parts.slice(0, length).join('.'), [...module.definers]);
    }
    // Found whole: the definers are all. Else the module is gone, or in a namespace that several projects fill: any of them.
    const whole = length === parts.length && module.definers.size > 0;
    if (length > 0 && !whole) for (const root of module.owners) into.add(root);
  }

  function resolve({ module, level, names }: Import, file: string, root: string): string[] {
    const found = new Set<string>();
    const parts = module ? module.split('.') : [];
    if (level === 0) {
      if (siblings.get(root)?.has(parts[0] ?? '')) return [];
      absolute(parts, names, found);
    } else {
      const lib = tops.get(root)?.(file.slice(root.length + 1));
      for (const path of lib === undefined ? [file] : [file, lib]) {
        const here = posix.dirname(path).split('/');
        const base = here.slice(0, here.length - (level - 1));
        if (level <= here.length && here[0] !== '.') absolute([...base, ...parts], names, found);
      }
    }
    found.delete(root);
    return [...found].sort();
  }

  return { resolve, ambiguous, fingerprint: fingerprint(top, siblings, [...mirrored.values()]) };
}

function modulesAtTop(libs: SourceFolder[]): Module {
  const top = emptyModule();
  const names: [parts: string[], root: string][] = [];
  for (const lib of libs) {
    const place = pathAtTop(lib);
    for (const path of lib.python.filter(shipped)) {
      const above = place(path);
      if (above !== undefined) names.push([above.replace(/\.py$/, '').split('/'), lib.root]);
    }
  }
  for (const [parts, root] of names) add(top, parts, root);
  for (const module of top.children.values()) prune(module);
  return top;
}

function add(top: Module, path: string[], root: string): void {
  const parts = path.at(-1) === '__init__' ? path.slice(0, -1) : path;
  let module = top;
  for (const part of parts) {
    let child = module.children.get(part);
    if (!child) module.children.set(part, (child = emptyModule()));
    module = child;
    module.owners.add(root);
  }
  module.definers.add(root);
}

/** Below a name with one owner nothing is left to decide, and files that come and go there leave the fingerprint as it is. */
function prune(module: Module): void {
  if (module.owners.size === 1) {
    module.children.clear();
    module.definers.clear();
  } else {
    for (const child of module.children.values()) prune(child);
  }
}

function emptyModule(): Module {
  return { owners: new Set(), definers: new Set(), children: new Map() };
}

/**
 * Names at the top that a flow's own module or package hides, by the flow's root. A folder without `__init__.py` hides nothing:
 * Python goes on looking for a package that has one.
 */
function shadowingSiblings(flows: SourceFolder[], top: Module): Map<string, Set<string>> {
  const shadowing = new Map<string, Set<string>>();
  for (const { root, python } of flows) {
    const names = python
      .map((path) => /^([^/]+)(?:\.py|\/__init__\.py)$/.exec(path)?.[1])
      .filter((name): name is string => name !== undefined && top.children.has(name));
    if (names.length > 0) shadowing.set(root, new Set(names));
  }
  return shadowing;
}

function fingerprint(top: Module, siblings: Map<string, Set<string>>, roots: string[]): string {
  const plain = ({ owners, definers, children }: Module): unknown => [
    [...owners].sort(),
    [...definers].sort(),
    [...children].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, child]) => [name, plain(child)]),
  ];
  return JSON.stringify([plain(top), [...siblings].map(([root, names]) => [root, [...names].sort()]), roots]);
}
