import { join } from 'node:path';
import { readJsonIfThere } from '../core/read-file';
import { nxDataFolder } from '../workspace/nx-files';
import { keepIfPossible } from '../core/write-file';

/** By workspace: for a checkout in which nothing can be written. */
const saidHere = new Map<string, readonly string[]>();

/**
 * The notes that the graph before did not say. Each Nx command makes a graph, and none should repeat them; `nx reset`
 * forgets them.
 */
export function newNotes(workspaceRoot: string, notes: readonly string[]): string[] {
  const file = join(nxDataFolder(workspaceRoot), 'nx-prefect-said.json');
  const before = saidHere.get(workspaceRoot) ?? read(file);
  saidHere.set(workspaceRoot, notes);
  if (notes.length !== before.length || notes.some((note) => !before.includes(note)))
    keepIfPossible(file, JSON.stringify(notes));
  return notes.filter((note) => !before.includes(note));
}

function read(file: string): string[] {
  const notes = readJsonIfThere(file);
  return Array.isArray(notes) ? notes.map(String) : [];
}
