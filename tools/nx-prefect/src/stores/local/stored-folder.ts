import { lstat, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { sha256 } from '../../core/canonical';

/** Whether it is a folder itself, and no link to one. */
export async function isFolder(path: string): Promise<boolean> {
  return lstat(path).then(
    (stat) => stat.isDirectory(),
    () => false,
  );
}

/** Paths that are missing in a folder, or have another content. @param files path -> SHA-256 */
export async function wrongFiles(folder: string, files: Record<string, string>): Promise<string[]> {
  const wrong: string[] = [];
  for (const [path, digest] of Object.entries(files)) if (!(await isFile(folder, path, digest))) wrong.push(path);
  return wrong;
}

/** A link is not taken for a file: what it leads to may change. */
async function isFile(folder: string, path: string, digest: string): Promise<boolean> {
  try {
    const file = join(folder, path);
    return (await lstat(file)).isFile() && sha256(await readFile(file)) === digest;
  } catch {
    return false;
  }
}

const LOADABLE = /\.(py|pyc|pyw|so|pyd|pth|zip)$/i;

/**
 * What lies in a folder beside its files and would change what a run loads: modules, and links, which may lead to some.
 * Python itself checks what it keeps in `__pycache__` against the source, so that does not count.
 * @param caches those as well, for healing
 */
export async function strangers(folder: string, files: Record<string, string>, caches = false): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) => {
    const path = relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/');
    if (path in files) return [];
    if (/(^|\/)__pycache__(\/|$)/.test(path)) return caches && entry.name === '__pycache__' ? [path] : [];
    return entry.isSymbolicLink() || (!entry.isDirectory() && LOADABLE.test(path)) ? [path] : [];
  });
}

/** Makes the folders above a path, in place of links and files: nothing may be written elsewhere. */
export async function makeRealFolders(folder: string, path: string): Promise<void> {
  let at = folder;
  for (const part of path.split('/').slice(0, -1)) {
    at = join(at, part);
    if (await isFolder(at)) continue;
    await rm(at, { force: true });
    await mkdir(at);
  }
}
