import { join, posix } from 'node:path';
import { readTextIfThere } from '../../core/read-file';
import { collectPackages, type LockedPackages } from './locked-package';
import { parsePoetryLock } from './poetry-lock';
import { parsePylock } from './pylock';
import { parseRequirements } from './requirements';
import { parseUvLock } from './uv-lock';

/** The lock files of one folder that say which packages the flows below it run with. */
export interface LockFiles {
  /** Relative to the workspace root, '' for the root itself. */
  folder: string;
  /** Paths relative to the workspace root, sorted: several only where the tool itself splits a lock. */
  files: string[];
}

/** In this order: where a folder has several kinds, the first is what its tool makes the others from. */
const KINDS: readonly RegExp[] = [
  /^uv\.lock$/,
  /^poetry\.lock$/,
  /^pylock\.toml$/,
  /^pylock\.[^.]+\.toml$/,
  /^requirements\.txt$/,
  /^requirements.*\.txt$/,
];

/** The same files as globs for one folder. */
export const LOCK_GLOB = '{uv.lock,poetry.lock,pylock*.toml,requirements*.txt}';

/** Says which lock governs a folder: the nearest going up. Decides by the paths of the workspace's files alone. */
export function findLocks(files: Iterable<string>): (folder: string) => LockFiles | undefined {
  const locks = new Map<string, string[]>();
  for (const file of files) {
    if (!/\.(?:lock|toml|txt)$/.test(file)) continue;
    const name = posix.basename(file);
    if (!KINDS.some((kind) => kind.test(name))) continue;
    const folder = parentOf(file);
    locks.set(folder, [...(locks.get(folder) ?? []), file]);
  }
  const governing = new Map<string, LockFiles | undefined>();
  const find = (folder: string): LockFiles | undefined => {
    if (governing.has(folder)) return governing.get(folder);
    const here = locks.get(folder);
    const found = here ? { folder, files: firstKind(here) } : folder === '' ? undefined : find(parentOf(folder));
    governing.set(folder, found);
    return found;
  };
  return find;
}

/** '' for what lies at the root. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

function firstKind(files: string[]): string[] {
  const kind = KINDS.find((each) => files.some((file) => each.test(posix.basename(file))))!;
  return files.filter((file) => kind.test(posix.basename(file))).sort();
}

/** Locks as read last, by path, with Nx's hash. A daemon asks again after every edit of any file. */
const parsed = new Map<string, { hash: string; packages: LockedPackages }>();

/**
 * Reads a folder's lock.
 *
 * @param hashes Nx's, of every file of the workspace
 * @throws FlowError for a lock that can't be read
 */
export function readLock(
  { files }: LockFiles,
  workspaceRoot: string,
  hashes: ReadonlyMap<string, string>,
): LockedPackages {
  // A lock includes no Python, so an edit of Python must not count as one of the lock. A lock that was deleted since Nx
  // listed it counts as empty; Nx makes another graph.
  const read = (file: string) =>
    hashes.has(file) && !file.endsWith('.py') ? readTextIfThere(join(workspaceRoot, file)) : undefined;
  const [first, ...more] = files.map((file) => {
    const name = posix.basename(file);
    // Not kept: it may include other files.
    if (name.endsWith('.txt')) return parseRequirements(read(file) ?? '', file, read);
    const hash = hashes.get(file) ?? '';
    const known = parsed.get(file);
    if (known?.hash === hash) return known.packages;
    const parse = name === 'uv.lock' ? parseUvLock : name === 'poetry.lock' ? parsePoetryLock : parsePylock;
    const packages = parse(read(file) ?? '', file);
    parsed.set(file, { hash, packages });
    return packages;
  });
  if (more.length === 0) return first!;
  const all = [first!, ...more];
  return {
    packages: collectPackages(all.flatMap(({ packages }) => [...packages.values()])),
    knowsDependencies: all.every(({ knowsDependencies }) => knowsDependencies),
  };
}
