import type { ProjectGraphExternalNode, RawProjectGraphDependency } from '@nx/devkit';
import type { Import } from '../../scanner/imports';
import type { Layout } from '../../workspace/layout';
import type { ModuleResolver } from '../modules';
import { openReadings } from '../readings';
import { externalNodes, packageEdges } from './external-nodes';
import { readGoverned } from './governed';
import { libEdges, packagesOfProjects } from './lib-packages';
import { createPackageResolver } from './package-resolver';

/** Third-party packages as external nodes of Nx's graph, and the edges to them. */
export interface PackageGraph {
  /** By name; none where no flow has a lock. */
  nodes: Record<string, ProjectGraphExternalNode>;
  /**
   * Names of the nodes that an import in a file of the project at `root` reaches; `projects` are the roots that it
   * reaches besides. `ours` says that it reaches modules of the workspace in no such project.
   */
  reachedBy(found: Import, root: string, projects: readonly string[], ours?: boolean): readonly string[];
  /**
   * Edges that start in no file of a project. Nx doesn't keep them: they are to be told for every graph. `hashes` are
   * Nx's, of every file.
   */
  edges(hashes: ReadonlyMap<string, string>): RawProjectGraphDependency[];
  /** The same text if and only if every import reaches the same nodes, as far as the nodes themselves don't tell. */
  readonly fingerprint: string;
}

interface Sources {
  /** Absolute. */
  workspaceRoot: string;
  /** Nx's hash of every file of the workspace, by its path relative to the root. */
  hashes: ReadonlyMap<string, string>;
  layout: Layout;
  modules: ModuleResolver;
  packageNames: Readonly<Record<string, string>>;
}

/** Reads the locks that govern flows. Throws a FlowError for one that can't be read. */
export function createPackageGraph({ workspaceRoot, hashes, layout, modules, packageNames }: Sources): PackageGraph {
  const governed = readGoverned(layout, workspaceRoot, hashes);
  const packages = createPackageResolver(layout, governed, packageNames);
  const libs = new Map(layout.libs.map((lib) => [lib.root, lib]));
  return {
    nodes: externalNodes(governed, [...libs.keys()]),
    fingerprint: packages.fingerprint,
    reachedBy(found, root, projects, ours = false) {
      const lock = governed.lockOf(root);
      if (!lock) return [];
      const reached = packages.resolve(found, root, lock, ours || projects.length > 0);
      return projects.length === 0 ? reached : [...reached, ...packagesOfProjects(projects, lock, { libs, governed })];
    },
    edges: (now) => [
      ...packageEdges(governed),
      ...libEdges(openReadings(workspaceRoot), now, { libs, governed, modules, packages }),
    ],
  };
}
