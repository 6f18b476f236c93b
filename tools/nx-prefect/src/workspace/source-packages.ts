import { posix } from 'node:path';
import type { FlowSource, Layout, SourceFolder } from './layout';
import type { LooseFiles } from './loose-modules';

/**
 * The packages of source roots that flows lie in, or reach: a lib each. A module that lies right in a source root is in
 * none.
 *
 * @param reached what ships with each flow and lib, file by file
 */
export function packagesBelow(
  sourceRoots: readonly string[],
  files: Iterable<string>,
  reached: readonly (readonly [SourceFolder, LooseFiles])[],
  { flows, libs, packages: told }: Layout,
): SourceFolder[] {
  const rootOf = (file: string) => {
    const sourceRoot = sourceRoots.find((root) => file.startsWith(`${root}/`));
    if (sourceRoot === undefined) return undefined;
    const below = file.slice(sourceRoot.length + 1).split('/');
    return below.length > 1 ? `${sourceRoot}/${below[0]}` : undefined;
  };
  const used = new Set<string>();
  for (const [{ root }, loose] of reached)
    for (const file of [root, ...loose.files]) used.add((file.endsWith('.py') && rootOf(file)) || '');
  for (const { root } of [...flows, ...libs, ...told]) used.delete(root);
  used.delete('');
  const python = new Map<string, string[]>();
  const flowFiles = new Set(flows.map(({ file }: FlowSource) => file));
  for (const file of files) {
    const root = file.endsWith('.py') && !flowFiles.has(file) ? rootOf(file) : undefined;
    if (root !== undefined && used.has(root))
      python.set(root, [...(python.get(root) ?? []), file.slice(root.length + 1)]);
  }
  const taken = new Set([...flows, ...libs, ...told].map(({ name }) => name));
  return [...used].sort().map((root) => {
    const wanted = posix.basename(root);
    const name = taken.has(wanted) ? root : wanted;
    taken.add(name);
    return { kind: 'lib', root, name, python: (python.get(root) ?? []).sort() };
  });
}
