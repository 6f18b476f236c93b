import { readFileSync } from 'node:fs';

/**
 * Nothing there, a file where a folder should be, a folder where a file should be, a link that leads round in a circle.
 */
const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP']);

/** A file's content; undefined if the file does not exist. An unreadable file is an error. */
export function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (ABSENT.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** The same as text in UTF-8. */
export function readTextIfThere(path: string): string | undefined {
  return readIfThere(path)?.toString();
}

/**
 * The value of a JSON file; undefined where there is no such file, and where it is no JSON: for files whose mistakes
 * somebody else reports (Nx those of its own), or that are made again.
 */
export function readJsonIfThere(path: string): unknown {
  const text = readTextIfThere(path);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
