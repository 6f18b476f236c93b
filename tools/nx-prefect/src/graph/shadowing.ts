import type { SourceFolder } from '../workspace/layout';
import { topOf } from '../workspace/lib-modules';
import type { Module } from './module-tree';

/** Dotted names of libs' modules that a flow's own modules hide from it, by the flow's root. */
export type Shadowing = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * A flow's folder comes before the libs on sys.path, so its own modules hide a lib's of the same name. A package with
 * an `__init__.py` is found before folders without one: such a folder hides what it holds only where the lib's has no
 * `__init__.py` either.
 *
 * @param top modules of the libs, before they are pruned
 */
export function shadowingOf(flows: readonly SourceFolder[], top: Module): Shadowing {
  const shadowing = new Map<string, Set<string>>();
  for (const { root, python } of flows) {
    if (!python.some((path) => top.children.has(topOf(path)))) continue;
    const own = new Set(python);
    const names = new Set(python.flatMap((path) => hiddenBy(path.replace(/\.py$/, '').split('/'), own, top)));
    if (names.size > 0) shadowing.set(root, names);
  }
  return shadowing;
}

/** The name that one module of a flow hides, or none. */
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
