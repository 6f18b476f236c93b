import { mkdtempSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { isStill, startOf } from '../core/process';
import { readJsonIfThere } from '../core/read-file';
import { writeWhole } from '../core/write-file';

/** The file in a folder that says which process made it. */
export const OWNER = 'owner.json';

const PREFIX = 'nx-prefect-docker-';
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** A token of ECR's is good for so long: after that a folder of another machine or container holds nothing of use. */
const TOKEN_MS = 12 * 3_600_000;

/** Those of this process. */
const folders = new Set<string>();

/**
 * A folder for this user alone, which goes when the process ends, also by a signal: Node ends by one without saying
 * `exit`. What a killed process left behind goes first, since there are tokens in it.
 */
export function temporaryFolder(): string {
  sweep();
  if (folders.size === 0) {
    process.on('exit', removeAll);
    for (const signal of SIGNALS) process.on(signal, ended);
  }
  const folder = mkdtempSync(join(tmpdir(), PREFIX));
  folders.add(folder);
  writeWhole(join(folder, OWNER), JSON.stringify(self()));
  return folder;
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  folders.delete(folder);
  if (folders.size > 0) return;
  process.off('exit', removeAll);
  for (const signal of SIGNALS) process.off(signal, ended);
}

function removeAll(): void {
  for (const folder of folders) removeFolder(folder);
}

function ended(signal: NodeJS.Signals): void {
  removeAll();
  process.kill(process.pid, signal);
}

interface Owner {
  pid: number;
  start: string;
  /** Where the id means this process: containers may share a folder. */
  place: string;
}

function self(): Owner {
  return { pid: process.pid, start: startOf(process.pid), place: place() };
}

function place(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

function sweep(): void {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const folder = join(tmpdir(), name);
    try {
      if (isLeftBehind(folder)) rmSync(folder, { recursive: true, force: true });
    } catch {
      // It is another user's, or just went.
    }
  }
}

function isLeftBehind(folder: string): boolean {
  const owner = readJsonIfThere(join(folder, OWNER)) as Owner | null | undefined;
  if (owner?.place === place()) return !isStill(owner.pid, owner.start);
  return Date.now() - statSync(folder).mtimeMs > TOKEN_MS;
}
