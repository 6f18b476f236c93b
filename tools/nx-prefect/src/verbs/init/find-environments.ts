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

/** What a Python environment holds. */
export interface Installed {
  /** `python3.11`. */
  python: string;
  /** Version of Prefect; absent where it is not installed. */
  prefect?: string;
  /** Undefined for a Prefect that no engine reads. */
  engine: Engine | undefined;
}

/** An environment with the flows that it serves. */
export interface EnvironmentFound extends Installed {
  /** From the workspace root where it lies inside. */
  place: string;
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

/** The environment of a folder; undefined where it has none. */
export function findEnvironmentOf(
  workspaceRoot: string,
  projectRoot: string,
  python: string | undefined,
): Installed | undefined {
  try {
    return installedIn(findEnvironment({ workspaceRoot, projectRoot, python }).python);
  } catch {
    return undefined;
  }
}

function installedIn(interpreter: string): Installed {
  const [python = '', package_ = ''] = fingerprintOf(interpreter).split(' ');
  const prefect = /^prefect-([^-]+)/.exec(package_)?.[1];
  return {
    python,
    ...(prefect === undefined ? {} : { prefect }),
    engine: prefect === undefined ? undefined : engineOfVersion(prefect),
  };
}

function describe(workspaceRoot: string, interpreter: string, flows: readonly FlowSource[]): EnvironmentFound {
  const below = relative(workspaceRoot, interpreter);
  const place = below.startsWith('..') || isAbsolute(below) ? interpreter : below.replaceAll('\\', '/');
  return { place, ...installedIn(interpreter), flows };
}
