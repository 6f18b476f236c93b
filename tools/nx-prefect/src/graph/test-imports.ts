import type { SourceFolder } from '../workspace/layout';
import { conftestsAbove, type LooseTestsOf } from '../workspace/loose-tests';
import type { ModuleResolver } from './modules';
import type { Readings } from './readings';
import { shipped } from '../workspace/shipped';

/**
 * Roots of the projects that a folder's tests import. They can't be edges of the graph: an edge counts for every
 * target, so the flow would ship them, and register again when they change.
 */
export function importedByTests(
  { root, python }: SourceFolder,
  elsewhere: LooseTestsOf,
  hashes: ReadonlyMap<string, string>,
  modules: ModuleResolver,
  readings: Readings,
): string[] {
  const roots = new Set<string>();
  const tests = python.filter((path) => !shipped(path)).map((path) => `${root}/${path}`);
  const conftests = conftestsAbove(root).filter((file) => hashes.has(file));
  const read = elsewhere.read.filter((file) => file.endsWith('.py'));
  for (const file of new Set([...tests, ...conftests, ...elsewhere.modules, ...read])) {
    for (const found of readings.imports(file, hashes.get(file)!))
      for (const target of modules.resolve(found, file, root)) roots.add(target);
  }
  return [...roots].sort();
}
