import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { scanImports, type Import } from './imports';
import type { SourceFolder } from './layout';
import type { ModuleResolver } from './modules';
import { shipped } from './shipped';

/**
 * Roots of the projects that a folder's tests import, beside what the folder itself does. They can't be edges of the graph: an
 * edge counts for every target, so the flow would ship them, and register again when they change.
 */
export function importedByTests(workspaceRoot: string, { root, python }: SourceFolder, modules: ModuleResolver): string[] {
  const roots = new Set<string>();
  for (const path of python) {
    if (shipped(path)) continue;
    const file = `${root}/${path}`;
    for (const found of importsOf(join(workspaceRoot, file))) for (const target of modules.resolve(found, file, root)) roots.add(target);
  }
  return [...roots].sort();
}

const scanned = new Map<string, { stamp: string; imports: Import[] }>();

/** Nx hands no hashes to createNodes, so a file that keeps its time and size is taken as unchanged while this process lives. */
function importsOf(path: string): Import[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return [];
  const stamp = `${stat.mtimeMs} ${stat.size}`;
  const known = scanned.get(path);
  if (known?.stamp === stamp) return known.imports;
  const imports = scanImports(readFileSync(path));
  scanned.set(path, { stamp, imports });
  return imports;
}
