import { isAbsolute } from 'node:path';
import type { EnvironmentFound } from './find-environments';
import type { FlowsFound } from './find-flows';
import type { Findings } from './findings';
import type { ServerSettings } from './find-settings';

/**
 * What stands in the way of a plan, as sentences that say what to do about it: all of it at once.
 *
 * @param install the command that installs what is missing; undefined where nothing is, or `init` does it
 */
export function openPoints(
  { flows, environments, failures, servers, needsPool }: Findings,
  isRepository: boolean,
  install: string | undefined,
): string[] {
  return [
    ...(isRepository ? [] : ['This folder is not a git repository. Run: git init']),
    ...(install === undefined ? [] : [`Nx and this plugin are not installed here. Run: ${install}`]),
    ...noFlows(flows),
    ...failures,
    ...environments.flatMap(environmentPoint),
    ...servers.flatMap((each) => serverPoints(each, needsPool)),
  ];
}

/** A `prefect.yaml` that names no flow is a mistake; a repository without any flow is new. */
function noFlows({ flows, undeployed }: FlowsFound): string[] {
  if (flows.length > 0 || undeployed.length === 0) return [];
  return [`No prefect.yaml names a flow that is there. Correct it, or name files: --flows=${undeployed[0]}`];
}

function environmentPoint({ place, prefect, engine }: EnvironmentFound): string[] {
  if (engine !== undefined) return [];
  const found = prefect === undefined ? 'holds no Prefect' : `holds Prefect ${prefect}, which is not supported`;
  const install = isAbsolute(place)
    ? 'Make one: python3 -m venv .venv && .venv/bin/pip install "prefect>=3" pytest'
    : `Install it: ${place} -m pip install "prefect>=3"`;
  return [`The Python environment ${place} ${found}. ${install} (or name another one with --python)`];
}

function serverPoints({ engine, failure, workPool, workPools = [] }: ServerSettings, needsPool: boolean): string[] {
  if (failure !== undefined) return [failure];
  if (engine.defaultWorkPool === undefined || workPool !== undefined || !needsPool) return [];
  return [
    workPools.length === 0
      ? 'The server has no work pool. Create one: prefect work-pool create my-pool --type process'
      : `Nothing says which work pool runs the flows. Name one with --workPool: ${workPools.join(', ')}`,
  ];
}
