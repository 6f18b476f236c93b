/** Of the external nodes that stand for Python's packages in Nx's graph. */
export const TYPE = 'pypi';
export type NodeName = `pypi:${string}`;

/** Where a lock lies, relative to the workspace root; '' for the root itself. */
interface LockFolder {
  folder: string;
}

const ALL = '(all)';

/**
 * `pypi:six` of the lock at the root, `pypi:six@flows/project_2` of one further down: the same package of two locks is
 * two nodes, so that a flow depends on that of its own lock alone, and the usual workspace with one lock reads plainly.
 */
export function packageNode({ folder }: LockFolder, name: string): NodeName {
  return `${TYPE}:${name}${folder && `@${folder}`}`;
}

/** Stands for all packages of a lock, where one can't tell which of them are used. */
export function everyPackage(lock: LockFolder): NodeName {
  return packageNode(lock, ALL);
}

/**
 * Stands for what a lib uses when it runs with the packages of this lock. Edges from the lib's project itself would be
 * wrong as soon as there are two locks: a flow would depend on the packages of the other one through the lib.
 */
export function libPackages(lock: LockFolder, libRoot: string): NodeName {
  return packageNode(lock, `(${libRoot})`);
}

/** Back from a node: a package, all of a lock, or neither. */
export function packageOfNode(node: string): { name: string } | 'all' | undefined {
  const [, name] = new RegExp(`^${TYPE}:([^@]+)`).exec(node) ?? [];
  if (name === undefined) return undefined;
  return name === ALL ? 'all' : name.startsWith('(') ? undefined : { name };
}
