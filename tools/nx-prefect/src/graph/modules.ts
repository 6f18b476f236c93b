import { posix } from 'node:path';
import { FlowError } from '../core/errors';
import type { Import } from '../scanner/imports';
import type { Layout, SourceFolder } from '../workspace/layout';
import { libKind, pathAtTop, topOf } from '../workspace/lib-modules';
import { shipped } from '../workspace/shipped';

/** Says which projects' folders an import reaches. */
export interface ModuleResolver {
  /**
   * Roots of the flows and libs that an import may load from, the importing file's own left out. `file` is relative to
   * the workspace root and belongs to the project at `root`. What no project owns (packages, the standard library)
   * gives none.
   */
  resolve(found: Import, file: string, root: string): string[];
  /** The same text if and only if every import resolves the same. */
  readonly fingerprint: string;
  /**
   * Modules that more than one project defines, met by `resolve` since whoever wants to know has cleared it: the roots
   * by the module's name.
   */
  readonly ambiguous: Map<string, readonly string[]>;
}

/**
 * What projects define at one dotted name at the top of the shipped tree. Only names that several own have children
 * here.
 */
interface Module {
  /** Roots with any Python at or below the name. */
  owners: Set<string>;
  /** Roots that define the name itself: a module, or a package with an `__init__.py`. */
  definers: Set<string>;
  children: Map<string, Module>;
}

/**
 * Projects' folders by the modules that come from them, and `false` for those that come from none: the option
 * `imports`.
 */
export type ImportOverrides = Readonly<Record<string, string | false>>;

/**
 * Loaded, or built in, before any file of a flow is looked for, in every CPython since 3.7: nothing of the workspace
 * hides these.
 */
const ALWAYS_LOADED = new Set(
  'abc atexit builtins codecs encodings errno faulthandler gc genericpath io itertools marshal os posixpath site stat sys time zipimport'.split(
    ' ',
  ),
);

/**
 * Python's rules where a flow runs: its own folder comes first on sys.path, then the shipped root, where packages of
 * libs lie and the flows and libs directories are mirrored. The longest package prefix that a project owns decides,
 * whether or not the module exists, so that deleting one doesn't lose the edge that makes its importers fail.
 *
 * @throws FlowError `import-override` for one that names no flow and no lib
 */
export function createModuleResolver(layout: Layout, overrides: ImportOverrides = {}): ModuleResolver {
  const top = modulesAtTop(layout.libs);
  const siblings = shadowingSiblings(layout.flows, top);
  for (const module of top.children.values()) prune(module);
  const mirrored = new Map(
    [...layout.flows, ...layout.libs].map((folder) => [folder.root.replaceAll('/', '.'), folder.root]),
  );
  const firsts = new Set([...mirrored.keys()].map((name) => name.split('.', 1)[0]!));
  const depths = [...new Set([...mirrored.keys()].map((name) => name.split('.').length))];
  const tops = new Map(layout.libs.map((lib) => [lib.root, pathAtTop(lib)]));
  const overridden = new Map(Object.entries(overrides));
  const ambiguous = new Map<string, readonly string[]>();
  assertKnown(overrides, new Set(mirrored.values()));
  /** What no project and no override has at its start is none of ours: most imports. */
  const ours = new Set([
    ...top.children.keys(),
    ...firsts,
    ...Object.keys(overrides).map((name) => name.split('.', 1)[0]!),
  ]);

  /** `root` is the importing project's. */
  function absolute(name: string[], names: string[], root: string, into: Set<string>): void {
    // `from . import *` in flow.py, whose package is the shipped root too: the modules that its own `__all__` names.
    if (name.length === 0 && names.includes('*')) for (const lib of layout.libs) into.add(lib.root);
    const wanted = names.length > 0 ? names.map((last) => [...name, last]) : [name];
    for (const parts of wanted) {
      const first = parts[0]!;
      if (isHidden(parts, root)) continue;
      const override = overridden.size > 0 ? overrideOf(parts) : undefined;
      if (override !== undefined) {
        if (override) into.add(override);
        continue;
      }
      if (firsts.has(first)) mirroredAt(parts, root, into);
      atTop(parts, root, into);
    }
  }

  function isHidden(parts: string[], root: string): boolean {
    const hidden = siblings.get(root);
    return hidden !== undefined && parts.some((_, at) => hidden.has(parts.slice(0, at + 1).join('.')));
  }

  function overrideOf(parts: string[]): string | false | undefined {
    for (let length = parts.length; length > 0; length--) {
      const override = overridden.get(parts.slice(0, length).join('.'));
      if (override !== undefined) return override;
    }
    return undefined;
  }

  function mirroredAt(parts: string[], root: string, into: Set<string>): void {
    for (const depth of depths) {
      const owner = mirrored.get(parts.slice(0, depth).join('.'));
      if (owner === undefined) continue;
      into.add(owner);
      // What the other flow's own modules hide from it, they don't hide here: this flow's folder is on sys.path then,
      // not that one's.
      for (const hidden of owner === root ? [] : (siblings.get(owner) ?? [])) atTop(hidden.split('.'), root, into);
    }
  }

  function atTop(parts: string[], root: string, into: Set<string>): void {
    let module = top;
    let length = 0;
    for (const part of parts) {
      const child = module.children.get(part);
      if (!child) break;
      module = child;
      length++;
      // Importing a.b.c runs a/__init__.py and a/b/__init__.py too. One's own goes first.
      if (module.definers.has(root)) continue;
      for (const definer of module.definers) into.add(definer);
      if (module.definers.size > 1) ambiguous.set(parts.slice(0, length).join('.'), [...module.definers]);
    }
    // Found whole: the definers are all. Else the module is gone, or in a namespace that several projects fill: any of
    // them.
    const whole = length === parts.length && module.definers.size > 0;
    if (length > 0 && !whole) for (const owner of module.owners) into.add(owner);
  }

  function resolve({ module, level, names }: Import, file: string, root: string): string[] {
    if (level === 0) {
      const dot = module.indexOf('.');
      const first = dot < 0 ? module : module.slice(0, dot);
      if (!ours.has(first) || ALWAYS_LOADED.has(first)) return [];
    }
    const found = new Set<string>();
    const parts = module ? module.split('.') : [];
    if (level === 0) {
      absolute(parts, names, root, found);
    } else {
      const lib = tops.get(root)?.(file.slice(root.length + 1));
      for (const path of lib === undefined ? [file] : [file, lib]) {
        const folder = posix.dirname(path);
        const here = folder === '.' ? [] : folder.split('/');
        // Prefect loads flow.py as a package of two folders, the flow's and the shipped root: from a module of a lib
        // that was imported relative to it, one level above the top is that package. And a folder of a flow without
        // `__init__.py` is one package with a lib's of the same name.
        if (level > here.length + 1) continue;
        const base = here.slice(0, here.length - (level - 1));
        absolute([...base, ...parts], names, root, found);
        const below = base.slice(root.split('/').length);
        if (!tops.has(root) && base.join('/').startsWith(root)) absolute([...below, ...parts], names, root, found);
      }
    }
    found.delete(root);
    return [...found].sort();
  }

  return { resolve, ambiguous, fingerprint: fingerprint(top, siblings, layout, overrides) };
}

function assertKnown(overrides: ImportOverrides, roots: ReadonlySet<string>): void {
  for (const [name, root] of Object.entries(overrides)) {
    if (root === false || roots.has(root)) continue;
    throw new FlowError({
      code: 'import-override',
      file: 'nx.json',
      what: `The option imports says that ${name} comes from ${root}, which is neither a flow's nor a lib's folder.`,
      next: 'Name the folder as it is below the workspace root, or take the line out.',
    });
  }
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

/**
 * Below a name with one owner nothing is left to decide, and files that come and go there leave the fingerprint as it
 * is.
 */
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
 * Names at the top, dotted, that a flow's own modules and packages hide, by the flow's root. A folder without
 * `__init__.py` hides what it holds where the folder at the top has none either; a package that has one is found before
 * it.
 */
function shadowingSiblings(flows: SourceFolder[], top: Module): Map<string, Set<string>> {
  const shadowing = new Map<string, Set<string>>();
  for (const { root, python } of flows) {
    if (!python.some((path) => top.children.has(topOf(path)))) continue;
    const own = new Set(python);
    const names = new Set(python.flatMap((path) => hiddenBy(path.replace(/\.py$/, '').split('/'), own, top)));
    if (names.size > 0) shadowing.set(root, names);
  }
  return shadowing;
}

function hiddenBy(path: string[], own: ReadonlySet<string>, top: Module): string[] {
  let module = top;
  for (let length = 1; length <= path.length; length++) {
    const parts = path.slice(0, length);
    const child = module.children.get(parts.at(-1)!);
    if (!child && length === 1) return [];
    if (!child || length === path.length || own.has(`${parts.join('/')}/__init__.py`)) return [parts.join('.')];
    if (child.definers.size > 0) return [];
    module = child;
  }
  return [];
}

function fingerprint(
  top: Module,
  siblings: Map<string, Set<string>>,
  { flows, libs }: Layout,
  overrides: ImportOverrides,
): string {
  const plain = ({ owners, definers, children }: Module): unknown => [
    [...owners].sort(),
    [...definers].sort(),
    [...children].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, child]) => [name, plain(child)]),
  ];
  // A lib's kind says where its own modules lie, and so what is relative to them.
  const places = [...flows.map(({ root }) => root), ...libs.map((lib) => [lib.root, libKind(lib)])];
  return JSON.stringify([
    plain(top),
    [...siblings].map(([root, names]) => [root, [...names].sort()]),
    places,
    overrides,
  ]);
}
