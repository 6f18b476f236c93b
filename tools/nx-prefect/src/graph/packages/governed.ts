import type { Layout } from '../../workspace/layout';
import type { LockedPackages } from '../../workspace/locks/locked-package';
import { findLocks, readLock } from '../../workspace/locks/locks';

/** A lock that flows run with. */
export interface Lock extends LockedPackages {
  /** Where it lies, relative to the workspace root; '' for the root itself. */
  folder: string;
}

export interface Governed {
  locks: readonly Lock[];
  /** By a flow's root. A lib has none: what it imports comes from the lock of the flow that imports it. */
  lockOf(root: string): Lock | undefined;
}

/** Reads the locks that the layout's flows run with. `hashes` are Nx's, of every file of the workspace. */
export function readGoverned(
  { flows }: Pick<Layout, 'flows'>,
  workspaceRoot: string,
  hashes: ReadonlyMap<string, string>,
): Governed {
  const find = findLocks(hashes.keys());
  const locks = new Map<string, Lock>();
  const byFlow = new Map<string, Lock>();
  for (const { root } of flows) {
    const files = find(root);
    if (!files) continue;
    const lock = locks.get(files.folder) ?? { folder: files.folder, ...readLock(files, workspaceRoot, hashes) };
    locks.set(files.folder, lock);
    byFlow.set(root, lock);
  }
  return { locks: [...locks.values()], lockOf: (root) => byFlow.get(root) };
}
