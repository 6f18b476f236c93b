import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isStill, pidNamespace, startOf } from '../../core/process';

/**
 * `nx-prefect-<pid>-<start of that process>-<namespace of its pid>-XXXXXX`. A container may share the folder for
 * temporary files, and can't tell which processes outside of it live.
 */
const NAME = /^nx-prefect-(\d+)-(\d*)-(\d*)-\w{6}$/;

let swept = false;

/** A new folder for one worker, with its `home` and `tmp`. The first one also removes those of runs that are dead. */
export function newWorkerFolder(): string {
  if (!swept) sweep();
  swept = true;
  const name = `nx-prefect-${process.pid}-${startOf(process.pid)}-${pidNamespace()}-`;
  const folder = realpathSync(mkdtempSync(join(tmpdir(), name)));
  for (const inner of ['home', 'tmp']) mkdirSync(join(folder, inner));
  return folder;
}

export function removeWorkerFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

function sweep(): void {
  for (const entry of readdirSync(tmpdir())) {
    const [, pid, start, namespace] = NAME.exec(entry) ?? [];
    if (pid === undefined || namespace !== pidNamespace() || isStill(Number(pid), start)) continue;
    try {
      removeWorkerFolder(join(tmpdir(), entry));
    } catch {
      // Another user's, or another run is faster.
    }
  }
}
