import { readdirSync, readFileSync, statSync } from 'node:fs';
import { canonicalJson, sha256 } from '../core/canonical';

/** What can't be told again: what a program read. */
const PROGRAM = 'a program';

/** What lies at paths of this machine, by SHA-256: the content of a file, the names in a folder, nothing. */
export function stateOf(paths: readonly (string | null)[]): Record<string, string | null> {
  return Object.fromEntries(paths.map((path) => (path === null ? [PROGRAM, null] : [path, digestAt(path)])));
}

/** Whether what a load read beside what ships is as it was. */
export function isAsBefore(opened: Record<string, string | null> = {}): boolean {
  return Object.entries(opened).every(([path, digest]) => digest !== null && digestAt(path) === digest);
}

function digestAt(path: string): string | null {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory()) return sha256(canonicalJson(readdirSync(path).sort()));
    if (stat?.isFile()) return sha256(readFileSync(path));
    return stat === undefined ? sha256('nothing') : null;
  } catch {
    return null;
  }
}
