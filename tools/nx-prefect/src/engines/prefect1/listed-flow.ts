import { z } from 'zod';
import type { Registered } from '../engine';
import { readKey } from './idempotency-key';

/** The newest version of each flow that is not archived, without what it serializes to. */
export const LISTED = `query Listed($limit: Int!, $offset: Int!) {
  flow(
    where: {archived: {_eq: false}}
    distinct_on: [project_id, name]
    order_by: [{project_id: asc}, {name: asc}, {version: desc}]
    limit: $limit
    offset: $offset
  ) { id name version is_schedule_active project { name } flow_group { settings } }
}`;

export const listedFlowShape = z.object({
  id: z.string(),
  name: z.string(),
  version: z.number(),
  is_schedule_active: z.boolean().nullish(),
  project: z.object({ name: z.string() }),
  flow_group: z.object({ settings: z.object({ idempotency_key: z.string().nullish() }) }),
});
export type ListedFlow = z.infer<typeof listedFlowShape>;

/** A flow whose key is of this workspace; the key lies in the flow's own group, so a copy has none. */
export function registeredFlow(row: ListedFlow, workspaceId: string): Registered[] {
  const key = readKey(row.flow_group.settings.idempotency_key);
  if (key?.workspaceId !== workspaceId) return [];
  const active = row.is_schedule_active ? 1 : 0;
  return [
    {
      id: row.id,
      identity: [row.project.name, row.name],
      isBound: true,
      // Only source names flows.
      ...(key.mark && {
        file: key.mark.file,
        environment: key.mark.env,
        commit: key.mark.commit,
        isNamedBySource: true,
      }),
      drifted: [],
      isPaused: false,
      schedules: { active, all: active },
    },
  ];
}
