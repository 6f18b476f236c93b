import type { Import } from '../../scanner/imports';
import type { Layout } from '../../workspace/layout';
import { pathAtTop, topOf } from '../../workspace/lib-modules';
import { firstPart } from '../module-tree';
import { distributionsOf, DISTRIBUTIONS_VERSION } from './distributions';
import { everyPackage, packageNode } from '../../workspace/locks/package-nodes';
import type { Governed, Lock } from './governed';
import { inStandardLibrary } from './standard-library';

/** Says which packages of a lock an import reaches. */
export interface PackageResolver {
  /**
   * Names of the lock's external nodes. `root` is the importing flow's or lib's; `ours` says that the import reaches
   * another project of the workspace. Python's own and the workspace's modules have none.
   */
  resolve(found: Import, root: string, lock: Lock, ours?: boolean): readonly string[];
  /**
   * The same text if and only if every import of every flow resolves the same, as far as the external nodes don't tell.
   */
  readonly fingerprint: string;
}

export function createPackageResolver(
  { flows, libs }: Layout,
  { lockOf }: Governed,
  packageNames: Readonly<Record<string, string>>,
): PackageResolver {
  const siblings = new Map(
    flows.filter(({ root }) => lockOf(root)).map(({ root, python }) => [root, new Set(python.map(topOf))]),
  );
  const shared = new Set([...flows, ...libs].map(({ root }) => topOf(root)));
  for (const lib of libs) {
    const place = pathAtTop(lib);
    for (const path of lib.python) shared.add(topOf(place(path) ?? ''));
  }
  /** Workspaces import the same few modules everywhere. */
  const known = new Map<Lock, Map<string, string[]>>();

  function explained(module: string, lock: Lock): string[] {
    let ofLock = known.get(lock);
    if (!ofLock) known.set(lock, (ofLock = new Map()));
    let found = ofLock.get(module);
    if (!found) ofLock.set(module, (found = nodesOf(module, lock)));
    return found;
  }

  function nodesOf(module: string, lock: Lock): string[] {
    const distributions = distributionsOf(module, packageNames, (name) => lock.packages.has(name));
    if (distributions.length === 0) return [];
    return lock.knowsDependencies
      ? [...new Set(distributions.map((name) => packageNode(lock, name)))]
      : [everyPackage(lock)];
  }

  function packagesOf(module: string, lock: Lock, ours: boolean): readonly string[] {
    const found = explained(module, lock);
    if (found.length > 0) return found;
    if (ours || shared.has(firstPart(module))) return [];
    // A package that isn't installed, or one whose module has a name that no table knows: its bumps must not be missed.
    return [everyPackage(lock)];
  }

  function resolve(
    { module, level, names, typeChecking = false }: Import,
    root: string,
    lock: Lock,
    ours = false,
  ): readonly string[] {
    if (level > 0 || module === '') return [];
    const top = firstPart(module);
    if (inStandardLibrary(top) || siblings.get(root)?.has(top)) return [];
    const [first = module, ...more] = names.map((name) => (name === '*' ? module : `${module}.${name}`));
    const found = packagesOf(first, lock, ours || typeChecking);
    return more.length === 0
      ? found
      : [...new Set([...found, ...more.flatMap((each) => packagesOf(each, lock, ours || typeChecking))])];
  }

  const fingerprint = JSON.stringify([
    DISTRIBUTIONS_VERSION,
    [...siblings].map(([root, names]) => [root, lockOf(root)!.folder, [...names].sort()]),
  ]);
  return { resolve, fingerprint };
}
