import type { SourceFolder } from '../workspace/layout';
import type { ModuleResolver } from './modules';
import type { Readings } from './readings';
import { shipped } from '../workspace/shipped';

/**
 * Roots of the projects that a folder's tests import. They can't be edges of the graph: an edge counts for every
 * target, so the flow would ship them, and register again when they change.
 */
export function importedByTests(
  { root, python }: SourceFolder,
  hashes: ReadonlyMap<string, string>,
  modules: ModuleResolver,
  readings: Readings,
): string[] {
  const roots = new Set<string>();
  const tests = python.filter((path) => !shipped(path)).map((path) => `${root}/${path}`);
  for (const file of [...tests, ...conftestsAbove(root, hashes)]) {
    for (const found of readings.imports(file, hashes.get(file)!))
      for (const target of modules.resolve(found, file, root)) roots.add(target);
  }
  return [...roots].sort();
}

/** pytest loads these too, from the workspace root down. */
function conftestsAbove(root: string, hashes: ReadonlyMap<string, string>): string[] {
  const files: string[] = [];
  for (let end = 0; end >= 0; end = root.indexOf('/', end) + 1 || -1) {
    const file = `${root.slice(0, end)}conftest.py`;
    if (hashes.has(file)) files.push(file);
  }
  return files;
}
