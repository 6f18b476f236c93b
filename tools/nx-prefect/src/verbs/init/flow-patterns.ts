import { posix } from 'node:path';
import { grouped } from '../../core/grouped';
import { globPattern } from '../../core/glob';

/**
 * Patterns for the option `flows` that match some files and no other Python file: as few as these rules give.
 *
 * - a folder of nothing but flows: `flows/*.py`
 * - files of one name in sibling folders: `pipelines/*\/main.py`
 * - else the file itself
 *
 * @param flows files that are flows
 * @param python every Python file that ships
 */
export function flowPatterns(flows: readonly string[], python: readonly string[]): string[] {
  const isFlow = new Set(flows);
  const others = python.filter((file) => !isFlow.has(file) && posix.basename(file) !== '__init__.py');
  const fits = (pattern: string) => {
    const expression = globPattern(pattern);
    return !others.some((file) => expression.test(file));
  };
  const byFolder = grouped(flows, (file) => posix.dirname(file));
  const wholeFolders = [...byFolder]
    .filter(([, files]) => files.length > 1)
    .map(([folder]) => posix.join(folder, '*.py'))
    .filter(fits);
  const rest = flows.filter((file) => !wholeFolders.some((pattern) => globPattern(pattern).test(file)));
  const siblings = [...grouped(rest, siblingPattern)]
    .filter(([pattern, files]) => pattern !== '' && files.length > 1 && fits(pattern))
    .map(([pattern]) => pattern);
  const single = rest.filter((file) => !siblings.some((pattern) => globPattern(pattern).test(file)));
  return [...new Set([...wholeFolders, ...siblings, ...single])].sort();
}

/** `pipelines/orders/main.py` is one of `pipelines/*\/main.py`; empty for a file at the root. */
function siblingPattern(file: string): string {
  const folder = posix.dirname(file);
  return folder === '.' ? '' : posix.join(posix.dirname(folder), '*', posix.basename(file));
}
