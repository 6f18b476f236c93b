import { existsSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { sha256 } from '../../core/canonical';
import { FlowError } from '../../core/errors';
import { isObject } from '../../core/is-object';
import { readIfThere, readJsonIfThere } from '../../core/read-file';

/** Where `init` keeps what it wrote and what was there before, relative to the workspace root. Ignored by git. */
export const RECORD = '.nx-prefect/init.json';

/** A file that `init` writes. */
export interface Edit {
  path: string;
  content: string;
}

interface RecordedFile {
  path: string;
  /** Base64 of what was there; null where nothing was. */
  before: string | null;
  /** Digest of what `init` wrote. */
  after: string;
}

export interface InitRecord {
  version: 1;
  files: RecordedFile[];
  /** Files and folders of Nx and of an installation that were not there: paths from the root. */
  made: string[];
}

export function readRecord(workspaceRoot: string): InitRecord | undefined {
  return (readJsonIfThere(join(workspaceRoot, RECORD)) ?? undefined) as InitRecord | undefined;
}

/** The record with what is about to be written: of a file that `init` wrote before, what was there at first stays. */
export function recordOf(
  workspaceRoot: string,
  last: InitRecord | undefined,
  edits: readonly Edit[],
  made: readonly string[],
): Edit {
  const files = new Map((last?.files ?? []).map((file) => [file.path, file]));
  for (const { path, content } of edits) {
    const before = readIfThere(join(workspaceRoot, path))?.toString('base64') ?? null;
    files.set(path, { path, before: files.has(path) ? files.get(path)!.before : before, after: sha256(content) });
  }
  const record: InitRecord = { version: 1, files: [...files.values()], made: last?.made ?? [...made] };
  return { path: RECORD, content: `${JSON.stringify(record, null, 2)}\n` };
}

/**
 * Puts back what `init` found, byte for byte, and removes what it made. All other files stay as they are, edits that
 * nobody committed too.
 *
 * @returns paths of what was put back and removed
 * @throws FlowError `not-initialized`, or `edited-since-init` before anything is touched
 */
export function undo(workspaceRoot: string): { restored: string[]; removed: string[] } {
  const record = readRecord(workspaceRoot);
  if (record === undefined) {
    throw new FlowError({
      code: 'not-initialized',
      file: RECORD,
      what: 'There is no record of an init in this folder.',
      next: 'Run it in the folder in which init ran. If the record was deleted, git has the files as they were.',
    });
  }
  const edited = record.files.filter(({ path, after }) => {
    const now = readIfThere(join(workspaceRoot, path));
    return now !== undefined && sha256(now) !== after;
  });
  if (edited.length > 0) {
    throw new FlowError({
      code: 'edited-since-init',
      what: `Edited since init wrote it: ${edited.map(({ path }) => path).join(', ')}. Nothing was undone.`,
      next: `Undo the edit first, or take the file out of ${RECORD} to keep it as it is.`,
    });
  }
  const [restored, removed]: [string[], string[]] = [[], []];
  for (const { path, before } of record.files) {
    if (before === null) rmSync(join(workspaceRoot, path), { force: true });
    else writeFileSync(join(workspaceRoot, path), Buffer.from(before, 'base64'));
    (before === null ? removed : restored).push(path);
  }
  for (const path of record.made.filter((each) => existsSync(join(workspaceRoot, each)))) {
    rmSync(join(workspaceRoot, path), { recursive: true, force: true, maxRetries: 5 });
    removed.push(path);
  }
  rmSync(join(workspaceRoot, RECORD));
  removeIfEmpty(workspaceRoot, dirname(RECORD));
  return { restored, removed: [...removed, ...removeBuilds(workspaceRoot)] };
}

/** What runs leave in `dist`, which may hold what others made. Builds are known by their manifests. */
function removeBuilds(workspaceRoot: string): string[] {
  const dist = join(workspaceRoot, 'dist');
  if (!existsSync(dist)) return [];
  const builds = readdirSync(dist, { recursive: true, encoding: 'utf8' })
    .filter((path) => basename(path) === 'manifest.json')
    .filter((path) => {
      const content = readJsonIfThere(join(dist, path));
      return isObject(content) && 'formatVersion' in content && 'registrations' in content;
    })
    .map((path) => join('dist', dirname(path)));
  const locks = readdirSync(dist).filter((name) => name.startsWith('.register.'));
  for (const path of [...builds, ...locks.map((name) => join('dist', name))]) {
    rmSync(join(workspaceRoot, path), { recursive: true, force: true });
    removeIfEmpty(workspaceRoot, dirname(path));
  }
  return builds;
}

function removeIfEmpty(workspaceRoot: string, folder: string): void {
  if (folder === '.' || !existsSync(join(workspaceRoot, folder))) return;
  if (readdirSync(join(workspaceRoot, folder)).length > 0) return;
  rmdirSync(join(workspaceRoot, folder));
  removeIfEmpty(workspaceRoot, dirname(folder));
}
