import { type WriteFileOptions, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Writes a file whole or not at all.
 * @throws NodeJS.ErrnoException with the file's path, which Node leaves out where the write itself fails (a full disk)
 */
export function writeWhole(path: string, content: string | Buffer, options?: WriteFileOptions): void {
  try {
    writeFileSync(path, content, options);
  } catch (error) {
    throw named(error, path);
  }
}

/** The same without blocking. */
export async function writeWholeLater(path: string, content: string | Buffer): Promise<void> {
  try {
    await writeFile(path, content);
  } catch (error) {
    throw named(error, path);
  }
}

/**
 * Keeps what can be made again, in a checkout that may be read-only. A finished file is renamed into place, since
 * several commands may run at once.
 */
export function keepIfPossible(path: string, text: string): void {
  const part = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeWhole(part, text);
    renameSync(part, path);
  } catch {
    // The next process makes it again.
  }
}

function named(error: unknown, path: string): unknown {
  const failure = error as NodeJS.ErrnoException;
  if (failure.path === undefined) {
    // It was opened, so half of it may be there.
    rmSync(path, { force: true });
    failure.path = path;
  }
  return failure;
}
