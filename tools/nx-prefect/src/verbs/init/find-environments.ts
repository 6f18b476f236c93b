import { existsSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { formatError } from '../../core/errors';
import { grouped } from '../../core/grouped';
import type { Engine } from '../../engines/engine';
import { engineOfVersion } from '../../engines/engines';
import { fingerprintOf } from '../../graph/environment-fingerprint';
import { folderOf } from '../../workspace/flow-places';
import type { FlowSource } from '../../workspace/layout';
import { findEnvironment } from '../../workspace/python-environment';
import { isVirtualEnvironment, VENV } from '../../workspace/python-interpreters';

/** A Python environment, with the flows that it serves. */
export interface EnvironmentFound {
  /** From the workspace root where it lies inside. */
  place: string;
  /** `python3.11`. */
  python: string;
  /** Prefect's; undefined where it is not installed. */
  prefect: string | undefined;
  /** Undefined for a Prefect that no engine reads. */
  engine: Engine | undefined;
  flows: readonly FlowSource[];
}

/** Names that virtual environments have beside `.venv`. */
const OTHER_NAMES = ['venv', 'env', '.env', '.virtualenv'];

/** The option `python` for a repository whose environment has another name than `.venv`. */
export function namedEnvironment(workspaceRoot: string): string | undefined {
  if (existsSync(join(workspaceRoot, VENV))) return undefined;
  return OTHER_NAMES.find((name) => isVirtualEnvironment(join(workspaceRoot, name)));
}

/** The environments of some flows, read from disk, and why a flow has none. Without flows, that of the root. */
export function findEnvironments(
  workspaceRoot: string,
  flows: readonly FlowSource[],
  python: string | undefined,
): { environments: EnvironmentFound[]; failures: string[] } {
  const failures = new Set<string>();
  const served = (flows.length > 0 ? flows : [undefined]).flatMap((flow) => {
    try {
      const projectRoot = flow === undefined ? '.' : folderOf(flow.root);
      return [{ flow, python: findEnvironment({ workspaceRoot, projectRoot, python }).python }];
    } catch (error) {
      failures.add(formatError(error));
      return [];
    }
  });
  const environments = [...grouped(served, (each) => each.python)].map(([interpreter, its]) =>
    describe(
      workspaceRoot,
      interpreter,
      its.flatMap(({ flow }) => flow ?? []),
    ),
  );
  return { environments, failures: [...failures] };
}

function describe(workspaceRoot: string, interpreter: string, flows: readonly FlowSource[]): EnvironmentFound {
  const below = relative(workspaceRoot, interpreter);
  const place = below.startsWith('..') || isAbsolute(below) ? interpreter : below.replaceAll('\\', '/');
  const [python = '', package_ = ''] = fingerprintOf(interpreter).split(' ');
  const prefect = /^prefect-([^-]+)/.exec(package_)?.[1];
  return { place, python, prefect, engine: prefect === undefined ? undefined : engineOfVersion(prefect), flows };
}
