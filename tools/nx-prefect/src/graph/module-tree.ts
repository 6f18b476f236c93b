import type { SourceFolder } from '../workspace/layout';
import { pathAtTop } from '../workspace/lib-modules';
import { shipped } from '../workspace/shipped';

/**
 * What libs define at one dotted name at the top of the shipped tree. After {@link prune} only names that several libs
 * own have children.
 */
export interface Module {
  /** Roots with any Python at or below the name. */
  owners: Set<string>;
  /** Roots that define the name itself: a module, or a package with an `__init__.py`. */
  definers: Set<string>;
  children: Map<string, Module>;
}

/** The modules of all libs. The tree's own root has no name. */
export function modulesAtTop(libs: readonly SourceFolder[]): Module {
  const top = emptyModule();
  for (const lib of libs) {
    const place = pathAtTop(lib);
    for (const path of lib.python.filter(shipped)) {
      const above = place(path);
      if (above !== undefined) add(top, above.replace(/\.py$/, '').split('/'), lib.root);
    }
  }
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
 * Takes out what lies below a name with one owner: nothing is left to decide there, and files that come and go leave
 * the fingerprint as it is.
 */
export function prune(module: Module): void {
  if (module.owners.size === 1) {
    module.children.clear();
    module.definers.clear();
  } else {
    for (const child of module.children.values()) prune(child);
  }
}

/** The tree as a JSON value, the same for the same tree in whatever order it was made. */
export function plainTree({ owners, definers, children }: Module): unknown {
  return [
    [...owners].sort(),
    [...definers].sort(),
    [...children].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, child]) => [name, plainTree(child)]),
  ];
}

function emptyModule(): Module {
  return { owners: new Set(), definers: new Set(), children: new Map() };
}

/** `alerts.mail` -> `alerts` */
export function firstPart(name: string): string {
  const dot = name.indexOf('.');
  return dot < 0 ? name : name.slice(0, dot);
}
