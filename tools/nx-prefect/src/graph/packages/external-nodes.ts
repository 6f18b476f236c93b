import { DependencyType, type ProjectGraphExternalNode, type RawProjectGraphDependency } from '@nx/devkit';
import { sha256 } from '../../core/canonical';
import type { Governed } from './governed';
import { packageHash } from '../../workspace/locks/locked-package';
import { everyPackage, libPackages, type NodeName, packageNode, TYPE } from '../../workspace/locks/package-nodes';

/** Only the `hash` of a node enters a task's hash; a new `version` or name makes Nx compute all edges again. */
export function externalNodes(
  { locks }: Governed,
  libRoots: readonly string[],
): Record<string, ProjectGraphExternalNode> {
  const nodes: ProjectGraphExternalNode[] = [];
  for (const lock of locks) {
    const packages = [...lock.packages.values()];
    if (lock.knowsDependencies)
      for (const each of packages) nodes.push(node(packageNode(lock, each.name), each.version, packageHash(each)));
    nodes.push(
      node(
        everyPackage(lock),
        '*',
        sha256(JSON.stringify(packages.map((each) => [each.name, packageHash(each)]).sort())),
      ),
    );
    for (const root of libRoots) nodes.push(node(libPackages(lock, root), '*', 'constant'));
  }
  return Object.fromEntries(nodes.map((each) => [each.name, each]));
}

export function hasPackages(nodes: Record<string, ProjectGraphExternalNode>): boolean {
  return Object.values(nodes).some(({ type }) => type === TYPE);
}

/** Which package needs which. Nx keeps only edges that start in a file, so these are to be told for every graph. */
export function packageEdges({ locks }: Governed): RawProjectGraphDependency[] {
  return locks
    .filter(({ knowsDependencies }) => knowsDependencies)
    .flatMap((lock) =>
      [...lock.packages.values()].flatMap(({ name, dependencies }) =>
        dependencies
          .filter((needed) => needed !== name && lock.packages.has(needed))
          .map((needed) => ({
            source: packageNode(lock, name),
            target: packageNode(lock, needed),
            type: DependencyType.static,
          })),
      ),
    );
}

/**
 * `packageName` has the prefix too: Nx looks packages of a changed package.json up by it, and npm has a `redis` as
 * well.
 */
function node(name: NodeName, version: string, hash: string): ProjectGraphExternalNode {
  return { type: TYPE, name, data: { version, packageName: name, hash } };
}
