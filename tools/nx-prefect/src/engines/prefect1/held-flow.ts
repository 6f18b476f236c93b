import { z } from 'zod';
import { grouped } from '../../core/grouped';
import { jsonObject as object } from '../checked-answer';
import type { SerializedFlow } from './loaded-prefect1';

/** Parts of the API's rows that are read here; see PrefectHQ/server, services/hasura/migrations/metadata.yaml. */
export interface HeldFlow {
  id: string;
  name: string;
  version: number;
  archived: boolean;
  is_schedule_active: boolean;
  serialized_flow: SerializedFlow;
  project: { name: string };
  flow_group: {
    id: string;
    schedule: unknown;
    default_parameters: Record<string, unknown> | null;
    settings: { idempotency_key?: string | null };
  };
}

/** What a row has to be before it is read. */
export const heldFlowShape = z.object({
  id: z.string(),
  name: z.string(),
  version: z.number(),
  archived: z.boolean(),
  serialized_flow: object,
  project: z.object({ name: z.string() }),
  flow_group: z.object({
    id: z.string(),
    default_parameters: object.nullish(),
    settings: z.object({ idempotency_key: z.string().nullish() }),
  }),
}) as unknown as z.ZodType<HeldFlow>;

const FIELDS =
  'id name version archived is_schedule_active serialized_flow project { name } ' +
  'flow_group { id schedule default_parameters settings }';

/** Of each flow that fits `$where` one version: the newest that is not archived, else the newest. */
export const HELD = `query Held($where: flow_bool_exp!, $projects: [String!]!) {
  project(where: {name: {_in: $projects}}) { id name }
  flow(
    where: $where
    distinct_on: [project_id, name]
    order_by: [{project_id: asc}, {name: asc}, {archived: asc}, {version: desc}]
  ) { ${FIELDS} }
}`;

export const HELD_BY_ID = `query HeldById($ids: [uuid!]!) { flow(where: {id: {_in: $ids}}) { ${FIELDS} } }`;

/** What picks flows by (Prefect project, name). */
export function flowsNamed(identities: readonly (readonly [project: string, name: string])[]): object {
  return {
    _or: [...grouped(identities, ([project]) => project)].map(([project, same]) => ({
      project: { name: { _eq: project } },
      name: { _in: same.map(([, name]) => name) },
    })),
  };
}
