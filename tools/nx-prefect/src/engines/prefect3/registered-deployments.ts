import { z } from 'zod';
import type { Connection } from '../connection';
import { deploymentPage } from './rest-connection';
import type { LastRun, Registered } from '../engine';
import { boundMark, markTag, readPruned } from './marks';
import { ownedNames } from './owned-names';
import { type Deployment, deploymentShape, flowShape } from './rest-types';
import { driftedFields } from './written-fields';

/** Reads all rows of a filter request. */
export type ReadAll = <T>(path: string, filter: object, row: z.ZodType<T>) => Promise<T[]>;

/** One request. */
export type Post = <T>(path: string, body: object, shape: z.ZodType<T>) => Promise<T>;

/** Ids in one request, and rows in its answer. */
const PAGE = 200;
/** Pages of runs that are read for so many deployments. */
const PAGES_OF_RUNS = 5;

const runShape = z.object({
  deployment_id: z.string().nullish(),
  state_type: z.string().nullish(),
  state_name: z.string().nullish(),
  expected_start_time: z.string().nullish(),
});

/** Everything that carries the tag of a workspace: what it registered, and copies that people made of that. */
export async function registeredDeployments(
  { readAll, post }: { readAll: ReadAll; post: Post },
  { apiUrl }: Connection,
  workspaceId: string,
): Promise<Registered[]> {
  const filter = { deployments: { tags: { all_: [markTag(workspaceId)] } } };
  const [flows, deployments] = await Promise.all([
    readAll('/flows/filter', filter, flowShape),
    readAll('/deployments/filter', filter, deploymentShape),
  ]);
  const nameOf = new Map(flows.map(({ id, name }) => [id, name]));
  const runs = await lastRuns(post, deployments);
  return deployments.flatMap((held) => {
    const flowName = nameOf.get(held.flow_id);
    // Deleted between the two requests.
    if (flowName === undefined) return [];
    const mark = boundMark(held, flowName, workspaceId);
    const lastRun = runs.get(held.id);
    const pruned = readPruned(held.tags);
    return {
      id: held.id,
      identity: [flowName, held.name],
      isBound: mark !== undefined,
      ...(mark
        ? { file: mark.file, environment: mark.env, commit: mark.commit, isNamedBySource: mark.by === 'source' }
        : {}),
      drifted: mark ? driftedFields(mark.wrote, held, ownedNames(held)) : [],
      isPaused: held.paused,
      ...(pruned ? { prunedAt: pruned.at } : {}),
      schedules: { active: held.schedules.filter(({ active }) => active).length, all: held.schedules.length },
      url: deploymentPage(apiUrl, held.id),
      ...(lastRun ? { lastRun } : {}),
    };
  });
}

/**
 * The newest run of each that has begun or ended, by the deployment's id. Of those that are not among the newest runs
 * nothing is known: a workspace may have millions.
 */
async function lastRuns(post: Post, deployments: Deployment[]): Promise<Map<string, LastRun>> {
  const last = new Map<string, LastRun>();
  for (const group of chunks(deployments, PAGE)) {
    const filter = {
      deployments: { id: { any_: group.map(({ id }) => id) } },
      flow_runs: { state: { type: { not_any_: ['SCHEDULED'] } } },
      sort: 'EXPECTED_START_TIME_DESC',
      limit: PAGE,
    };
    for (let page = 0; page < PAGES_OF_RUNS && !group.every(({ id }) => last.has(id)); page++) {
      const runs = await post('/flow_runs/filter', { ...filter, offset: page * PAGE }, z.array(runShape));
      for (const { deployment_id: id, state_type, state_name, expected_start_time: at } of runs)
        if (id && !last.has(id)) last.set(id, { state: state_name ?? state_type ?? '', at: at ?? '' });
      if (runs.length < PAGE) break;
    }
  }
  return last;
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
}
