import { posix } from 'node:path';
import { flowFileOf } from '../workspace/flow-places';
import { isFileFlow, type SourceFolder } from '../workspace/layout';
import { shipped } from '../workspace/shipped';
import type { Resolution, Surroundings } from './resolution';

/** Says what a project reaches by what ships with it file by file: roots of projects and names of external nodes. */
export function looseEdgesOf({
  layout: { flows, packages: inSourceRoots },
  modules,
  packages,
  loose,
}: Resolution & Surroundings): (source: SourceFolder) => string[] {
  const owners = new Set([...flows.filter(isFileFlow), ...inSourceRoots].map(({ root }) => root));
  return (source) => {
    const { root } = source;
    const { files, imports, projects } = loose.of(source);
    const lying = isFileFlow(source) ? [...files, posix.dirname(root)] : files;
    const reached = new Set([...projects, ...lying.flatMap((each) => ownerOf(each, owners) ?? [])]);
    for (const [file, found] of imports)
      for (const each of found) {
        const roots = modules.resolve(each, file, root);
        for (const target of roots) reached.add(target);
        for (const target of packages.reachedBy(each, root, roots, loose.isOurs(each, file, root))) reached.add(target);
      }
    reached.delete(root);
    return [...reached];
  };
}

/** The file in which the edges of a folder's loose files start: one of its own that ships; tests give no edges. */
export function edgesStartIn({ kind, root, python }: SourceFolder): string {
  return kind === 'flow' ? flowFileOf(root) : `${root}/${python.find(shipped) ?? ''}`;
}

function ownerOf(file: string, owners: ReadonlySet<string>): string | undefined {
  for (let path = file; path !== '.'; path = posix.dirname(path)) if (owners.has(path)) return path;
  return undefined;
}
