import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';

const SUFFIX = process.platform === 'win32' ? '.exe' : '';

/**
 * Absolute path of the first of some programs that lies on the PATH: the first name that any folder has, from the first
 * folder that has it. Starts no process.
 *
 * @param names without `.exe`, the best first
 * @param path text of the variable PATH
 */
export function findOnPath(names: readonly string[], path: string): string | undefined {
  const folders = path.split(delimiter).filter(Boolean);
  return names.flatMap((name) => folders.map((folder) => resolve(folder, name + SUFFIX))).find(isExecutable);
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
