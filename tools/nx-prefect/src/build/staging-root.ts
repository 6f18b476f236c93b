import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../core/process';

const STAGING = /^\.building-(\d+)$/;

/**
 * A folder of this process beside the outputs: a finished build moves into place by a rename, a killed one leaves no
 * half behind. Folders of runs that were killed are removed.
 */
export async function* inStagingRoot<T>(
  workspaceRoot: string,
  use: (stagingRoot: string) => AsyncIterable<T>,
): AsyncGenerator<T> {
  const stagingRoot = newStagingRoot(workspaceRoot);
  try {
    yield* use(stagingRoot);
  } finally {
    rmSync(stagingRoot, { recursive: true, force: true });
  }
}

function newStagingRoot(workspaceRoot: string): string {
  const dist = join(workspaceRoot, 'dist');
  mkdirSync(dist, { recursive: true });
  for (const entry of readdirSync(dist)) {
    const pid = STAGING.exec(entry)?.[1];
    if (pid && !isAlive(Number(pid))) rmSync(join(dist, entry), { recursive: true, force: true });
  }
  return join(dist, `.building-${process.pid}`);
}
