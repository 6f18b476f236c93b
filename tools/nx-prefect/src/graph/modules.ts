import type { Import } from '../scanner/imports';
import { isFileFlow, type Layout } from '../workspace/layout';
import { libKind, pathAtTop } from '../workspace/lib-modules';
import { overrideLookup, type ImportOverrides } from './import-overrides';
import { firstPart, modulesAtTop, plainTree, prune, type Module } from './module-tree';
import { absoluteNames } from './relative-imports';
import { shadowingOf, type Shadowing } from './shadowing';

export type { ImportOverrides };

/** Says which projects' folders an import reaches. */
export interface ModuleResolver {
  /**
   * Roots of the flows and libs that an import may load from, without the importing file's own. `file` is relative to
   * the workspace root and belongs to the project at `root`. Modules that no project owns (packages, the standard
   * library) give none.
   */
  resolve(found: Import, file: string, root: string): string[];
  /** The same text if and only if every import resolves the same. */
  readonly fingerprint: string;
  /**
   * Modules that more than one project defines, met by `resolve` since a reader cleared the map: the roots by the
   * module's name.
   */
  readonly ambiguous: Map<string, readonly string[]>;
}

/**
 * Loaded, or built in, before any file of a flow is looked for, in every CPython since 3.7: nothing of the workspace
 * hides these.
 */
const ALWAYS_LOADED = new Set(
  (
    'abc atexit builtins codecs encodings errno faulthandler gc genericpath io itertools ' +
    'marshal os posixpath site stat sys time zipimport'
  ).split(' '),
);

/** @throws FlowError `import-override` for an override that names no flow and no lib */
export function createModuleResolver(layout: Layout, overrides: ImportOverrides = {}): ModuleResolver {
  return new WorkspaceModules(layout, overrides);
}

/**
 * Python's rules where a flow runs: its own folder comes first on sys.path, then the shipped root, where packages of
 * libs lie and the flows and libs directories are mirrored. The longest package prefix that a project owns decides,
 * whether or not the module exists, so that deleting a module keeps the edge that makes its importers fail.
 */
class WorkspaceModules implements ModuleResolver {
  readonly fingerprint: string;
  readonly ambiguous = new Map<string, readonly string[]>();
  readonly #top: Module;
  readonly #shadowing: Shadowing;
  /** Roots of flows and libs by the dotted names of their folders. */
  readonly #mirrored: ReadonlyMap<string, string>;
  /** How many parts these names have: two or three, mostly. */
  readonly #depths: readonly number[];
  /** For each lib, where its files lie at the top. */
  readonly #placesAtTop: ReadonlyMap<string, (path: string) => string | undefined>;
  readonly #overrideOf: (parts: readonly string[]) => string | false | undefined;
  /** First parts of all names that a project or an override has. Most imports begin with none of them. */
  readonly #firstParts: ReadonlySet<string>;

  constructor(layout: Layout, overrides: ImportOverrides) {
    const { libs } = layout;
    const flows = layout.flows.filter((flow) => !isFileFlow(flow));
    this.#top = modulesAtTop(libs);
    this.#shadowing = shadowingOf(flows, this.#top);
    for (const module of this.#top.children.values()) prune(module);
    this.#mirrored = new Map([...flows, ...libs].map(({ root }) => [root.replaceAll('/', '.'), root]));
    const names = [...this.#mirrored.keys()];
    this.#depths = [...new Set(names.map((name) => name.split('.').length))];
    this.#placesAtTop = new Map(libs.map((lib) => [lib.root, pathAtTop(lib)]));
    this.#overrideOf = overrideLookup(overrides, new Set(this.#mirrored.values()));
    this.#firstParts = new Set([...this.#top.children.keys(), ...[...names, ...Object.keys(overrides)].map(firstPart)]);
    this.fingerprint = fingerprintOfModules(this.#top, this.#shadowing, { flows, libs }, overrides);
  }

  resolve({ module, level, names }: Import, file: string, root: string): string[] {
    if (level === 0 && !this.#mayReachProjects(firstPart(module))) return [];
    const parts = module ? module.split('.') : [];
    const placeAtTop = this.#placesAtTop.get(root);
    const imported = level === 0 ? [parts] : absoluteNames(parts, level, { file, root, placeAtTop });
    const found = new Set<string>();
    for (const name of imported) this.#addReached(name, names, root, found);
    found.delete(root);
    return [...found].sort();
  }

  #mayReachProjects(first: string): boolean {
    return this.#firstParts.has(first) && !ALWAYS_LOADED.has(first);
  }

  /** Adds what `import name`, or `from name import names`, reaches from a file of the project `root`. */
  #addReached(name: string[], names: readonly string[], root: string, into: Set<string>): void {
    // `from . import *` in flow.py, whose package is the shipped root too: any module that its `__all__` names.
    if (name.length === 0 && names.includes('*')) for (const lib of this.#placesAtTop.keys()) into.add(lib);
    const imported = names.length > 0 ? names.map((last) => [...name, last]) : [name];
    for (const parts of imported) {
      if (this.#isHidden(parts, root)) continue;
      const override = this.#overrideOf(parts);
      if (override === undefined) {
        this.#addMirrored(parts, root, into);
        this.#addAtTop(parts, root, into);
      } else if (override) {
        into.add(override);
      }
    }
  }

  #isHidden(parts: readonly string[], root: string): boolean {
    const hidden = this.#shadowing.get(root);
    return hidden !== undefined && parts.some((_, at) => hidden.has(parts.slice(0, at + 1).join('.')));
  }

  /** By the workspace's own folders: `flows.project_1.orders.tasks`. */
  #addMirrored(parts: readonly string[], root: string, into: Set<string>): void {
    for (const depth of this.#depths) {
      const owner = this.#mirrored.get(parts.slice(0, depth).join('.'));
      if (owner === undefined) continue;
      into.add(owner);
      // The other flow's modules hide libs' modules from that flow alone: here, this flow's folder is on sys.path and
      // not that one's, so its imports of these names reach the libs.
      for (const hidden of owner === root ? [] : (this.#shadowing.get(owner) ?? []))
        this.#addAtTop(hidden.split('.'), root, into);
    }
  }

  /** By the libs' own names: `alerts.mail`. */
  #addAtTop(parts: readonly string[], root: string, into: Set<string>): void {
    let module = this.#top;
    let length = 0;
    for (const part of parts) {
      const child = module.children.get(part);
      if (!child) break;
      module = child;
      length++;
      // Importing a.b.c runs a/__init__.py and a/b/__init__.py too. The importing project's own module goes first.
      if (module.definers.has(root)) continue;
      for (const definer of module.definers) into.add(definer);
      if (module.definers.size > 1) this.ambiguous.set(parts.slice(0, length).join('.'), [...module.definers]);
    }
    // If the whole name is found, its definers are all. Otherwise the module is gone, or lies in a namespace that
    // several projects fill, and any of them may be meant.
    const whole = length === parts.length && module.definers.size > 0;
    if (length > 0 && !whole) for (const owner of module.owners) into.add(owner);
  }
}

function fingerprintOfModules(
  top: Module,
  shadowing: Shadowing,
  { flows, libs }: Pick<Layout, 'flows' | 'libs'>,
  overrides: ImportOverrides,
): string {
  // A lib's kind says where its own modules lie, and so what is relative to them.
  const places = [...flows.map(({ root }) => root), ...libs.map((lib) => [lib.root, libKind(lib)])];
  return JSON.stringify([
    plainTree(top),
    [...shadowing].map(([root, names]) => [root, [...names].sort()]),
    places,
    overrides,
  ]);
}
