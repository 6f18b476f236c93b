import type { ProjectGraphExternalNode } from '@nx/devkit';
import { sha256 } from '../core/canonical';
import { PLUGIN_VERSION } from './environment-inputs';
import { SCANNER_VERSION } from '../scanner/imports';
import type { FlowNote } from '../workspace/flow-files';
import type { ModuleResolver } from './modules';
import type { PackageGraph } from './packages/package-graph';

/** Name of the node. */
export const MODULES = 'nx-prefect:modules' as const;

/**
 * An external node that nothing depends on. Nx keeps the edges of unchanged files even if a module moved or a project
 * came, and drops all edges when the version of any external node changes. So the version here tells everything that
 * decides where imports lead. Only `hash` enters the hashes of tasks, and it stays the same. Verbs find here what the
 * graph has to say to their users.
 */
export function sentinelNode(
  { fingerprint }: ModuleResolver,
  packages?: Pick<PackageGraph, 'fingerprint'>,
  names?: readonly (readonly [root: string, name: string])[],
  loose?: string,
  notes: readonly FlowNote[] = [],
): Record<string, ProjectGraphExternalNode> {
  const version = sha256(
    JSON.stringify([PLUGIN_VERSION, SCANNER_VERSION, fingerprint, packages?.fingerprint, names, loose]),
  );
  const data = { version, packageName: MODULES, hash: 'constant', notes };
  return { [MODULES]: { type: 'nx-prefect', name: MODULES, data } };
}
