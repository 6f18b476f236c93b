import { createHash } from 'node:crypto';
import type { ProjectGraphExternalNode } from '@nx/devkit';
import { PLUGIN_VERSION } from './environment-inputs';
import { SCANNER_VERSION } from '../scanner/imports';
import type { ModuleResolver } from './modules';
import type { PackageGraph } from './packages/package-graph';

const NAME = 'nx-prefect:modules' as const;

/**
 * An external node that nothing depends on. Nx keeps the edges of unchanged files, also when a module moved or a
 * project came; it drops them all when any external node's version changes. The `hash`, which alone enters tasks'
 * hashes, stays the same.
 */
export function sentinelNode(
  { fingerprint }: ModuleResolver,
  packages?: Pick<PackageGraph, 'fingerprint'>,
  names?: readonly (readonly [root: string, name: string])[],
): Record<string, ProjectGraphExternalNode> {
  const version = createHash('sha256')
    .update(JSON.stringify([PLUGIN_VERSION, SCANNER_VERSION, fingerprint, packages?.fingerprint, names]))
    .digest('hex');
  return { [NAME]: { type: 'nx-prefect', name: NAME, data: { version, packageName: NAME, hash: 'constant' } } };
}
