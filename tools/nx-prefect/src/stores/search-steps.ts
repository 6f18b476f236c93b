import type { ShippedFile } from '../workspace/shipment';
import type { PullStep } from './code-store';

/**
 * Steps that let Python find the libs' packages, for places that hold them at their workspace paths alone.
 * @param placeOf where a worker has a folder of the workspace
 */
export function searchSteps(shipped: readonly ShippedFile[], placeOf: (folder: string) => string): PullStep[] {
  const roots = shipped.filter(({ from, to }) => from !== to).map(({ from, to }) => from.slice(0, -to.length - 1));
  return [...new Set(roots)].sort().map((root) => ({ 'site.addsitedir': { sitedir: placeOf(root) } }));
}
