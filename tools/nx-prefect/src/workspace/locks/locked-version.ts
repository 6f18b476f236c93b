import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findLocks, parentOf, readLock } from './locks';

/** The version of a package in the lock that governs a folder, and the lock's files. */
export interface LockedVersion {
  version: string;
  files: string[];
}

/**
 * For errors: what should be installed where a package is not.
 * @throws FlowError for a lock that can't be read
 */
export function lockedVersion(workspaceRoot: string, folder: string, name: string): LockedVersion | undefined {
  const folders = [folder];
  while (folders.at(-1) !== '') folders.push(parentOf(folders.at(-1)!));
  const files = folders.flatMap((each) =>
    readdirSync(join(workspaceRoot, each)).map((file) => (each === '' ? file : `${each}/${file}`)),
  );
  const lock = findLocks(files)(folder);
  const version =
    lock && readLock(lock, workspaceRoot, new Map(files.map((file) => [file, '']))).packages.get(name)?.version;
  return version === undefined ? undefined : { version, files: lock!.files };
}
