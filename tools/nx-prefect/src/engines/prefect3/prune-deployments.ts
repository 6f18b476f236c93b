import { z } from 'zod';
import { FlowError } from '../../core/errors';
import type { Prune, Registered } from '../engine';
import { boundMark, prunedTag } from './marks';
import type { RestClient } from './rest-client';
import { type Deployment, deploymentShape } from './rest-types';

/** States of a run that has not ended; a run that somebody scheduled by hand is one. */
const UNFINISHED = ['SCHEDULED', 'PENDING', 'RUNNING', 'PAUSED', 'CANCELLING'];

/** Prefect's tag of runs that a schedule made. */
const BY_SCHEDULE = 'auto-scheduled';

export function pruneDeployments(client: RestClient): Prune {
  /** What is listed may be another's by now. @throws FlowError `not-ours` */
  const stillOurs = async (held: Registered, workspaceId: string): Promise<Deployment> => {
    const now = await client.get(`/deployments/${held.id}`, deploymentShape);
    const [flowName, name] = held.identity;
    const mark = boundMark(now, flowName, workspaceId);
    if (now.name === name && mark?.commit === held.commit && mark?.env === held.environment) return now;
    throw new FlowError({
      code: 'not-ours',
      what: `The deployment ${held.identity.join('/')} got another owner in the meantime.`,
      next: 'Nothing was done to it; run the command again.',
    });
  };
  return {
    unfinishedRuns: async ({ id }) => {
      const count = (any_: string[], tags = {}) =>
        client.post(
          '/flow_runs/count',
          { deployments: { id: { any_: [id] } }, flow_runs: { state: { type: { any_ } }, ...tags } },
          z.number(),
        );
      // The schedule's own runs go with the pause.
      const [all, own] = await Promise.all([
        count(UNFINISHED),
        count(['SCHEDULED'], { tags: { all_: [BY_SCHEDULE] } }),
      ]);
      return all - own;
    },
    pause: async (held, workspaceId, at) => {
      const { tags, paused } = await stillOurs(held, workspaceId);
      // The mark comes first: a pause that nobody explains would stay for good.
      await client.patch(`/deployments/${held.id}`, { tags: [...tags, prunedTag(at, paused)] });
      await client.post(`/deployments/${held.id}/pause_deployment`, {}, z.unknown());
    },
    delete: async (held, workspaceId) => {
      await stillOurs(held, workspaceId);
      await client.delete(`/deployments/${held.id}`);
    },
  };
}
