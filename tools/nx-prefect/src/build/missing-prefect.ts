import { FlowError } from '../core/errors';
import type { FlowToBuild } from '../engines/staged-flow';
import { folderOf } from '../workspace/flow-places';
import { lockedVersion } from '../workspace/locks/locked-version';

/** Where Prefect is not installed, and the lock asks for Prefect 2: to install it would help nobody. */
export function explainMissingPrefect(error: unknown, workspaceRoot: string, flow: FlowToBuild): unknown {
  if (!(error instanceof FlowError) || error.code !== 'prefect-not-found') return error;
  const locked = lockedVersion(workspaceRoot, folderOf(flow.folder), 'prefect');
  if (!locked || !isPrefect2(locked.version)) return error;
  return new FlowError({
    code: 'prefect-unsupported',
    flow: flow.flow,
    file: locked.files[0]!,
    what: `The lock asks for Prefect 2 (${locked.version}); nx-prefect reads flows of Prefect 0.15 to 1.x and of 3.`,
    next:
      'Flows of Prefect 2 mostly run on 3 as they are: ask for `prefect>=3` there and install it, or leave these ' +
      'flows to `prefect deploy` until then.',
  });
}

/** A version, or what a line asks for: `2.20.16`, `==2.20.16`, `~=2.19`, `>=2,<3`. */
function isPrefect2(version: string): boolean {
  return /^(?:===?|~=)?\s*2\b/.test(version) || /<\s*3\b/.test(version);
}
