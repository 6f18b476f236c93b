import { posix } from 'node:path';

/** A Python file and its project. */
interface ImportingFile {
  /** Relative to the workspace root. */
  file: string;
  /** The project's folder. */
  root: string;
  /** For a lib: where its files lie at the top of the shipped tree. */
  placeAtTop: ((path: string) => string | undefined) | undefined;
}

/**
 * The absolute names that a relative import may mean. Every file lies at its workspace path in the shipped tree, and a
 * lib's file at the top too.
 *
 * @param parts what follows the dots
 * @param level how many dots
 */
export function absoluteNames(
  parts: readonly string[],
  level: number,
  { file, root, placeAtTop }: ImportingFile,
): string[][] {
  const names: string[][] = [];
  const atTop = placeAtTop?.(file.slice(root.length + 1));
  for (const path of atTop === undefined ? [file] : [file, atTop]) {
    const folder = posix.dirname(path);
    const here = folder === '.' ? [] : folder.split('/');
    // Prefect loads flow.py as a package of two folders, the flow's and the shipped root. So for a lib's module that
    // was imported relative to flow.py, one level above the top is that package.
    if (level > here.length + 1) continue;
    const base = here.slice(0, here.length - (level - 1));
    names.push([...base, ...parts]);
    // A folder of a flow without `__init__.py` is one package with a lib's of the same name.
    if (!placeAtTop && base.join('/').startsWith(root)) names.push([...base.slice(root.split('/').length), ...parts]);
  }
  return names;
}
