import * as z from 'zod';
import type { Store } from '../data/store';
import type { Json } from '../data/tables';
import { type CreateFlowInput, createFlow } from './create-flow';
import { type CreateFlowRunInput, createFlowRun } from './flow-runs';
import { type ScheduleInput, setGroupLabels, setGroupSchedule } from './flow-groups';
import { archiveFlow, setScheduleActive, setScheduleInactive } from './flows';
import { decompress } from './serialized';
import { registerEdges, registerTasks } from './tasks';

interface Group {
  flow_group_id: string;
}

// Inputs are checked against the schema before they come here.
const RULES = {
  create_tenant: (store: Store, { name, slug }: { name: string; slug: string }) => ({
    id: createTenant(store, name, slug),
  }),
  create_project: (
    store: Store,
    { tenant_id, name, description = null }: { tenant_id: string; name: string; description?: string | null },
  ) => ({
    id: store.insert('project', { tenant_id, name, description }),
  }),
  delete_project: (store: Store, { project_id }: { project_id: string }) => ({
    success: store.delete('project', project_id),
  }),
  create_flow: (store: Store, input: CreateFlowInput) => ({ id: createFlow(store, input) }),
  create_flow_from_compressed_string: (store: Store, input: CreateFlowInput & { serialized_flow: string }) => ({
    id: createFlow(store, { ...input, serialized_flow: decompress(input.serialized_flow) }),
  }),
  register_tasks: (store: Store, { flow_id, serialized_tasks }: { flow_id: string; serialized_tasks: Json }) => ({
    success: registerTasks(store, flow_id, serialized_tasks),
  }),
  register_edges: (store: Store, { flow_id, serialized_edges }: { flow_id: string; serialized_edges: Json }) => ({
    success: registerEdges(store, flow_id, serialized_edges),
  }),
  delete_flow: (store: Store, { flow_id }: { flow_id: string }) => ({ success: store.delete('flow', flow_id) }),
  archive_flow: (store: Store, { flow_id }: { flow_id: string }) => ({ success: archiveFlow(store, flow_id) }),
  set_schedule_active: (store: Store, { flow_id }: { flow_id: string }) => ({
    success: setScheduleActive(store, flow_id),
  }),
  set_schedule_inactive: (store: Store, { flow_id }: { flow_id: string }) => ({
    success: setScheduleInactive(store, flow_id),
  }),
  delete_flow_group: (store: Store, { flow_group_id }: Group) => ({
    success: store.delete('flow_group', flow_group_id),
  }),
  set_flow_group_default_parameters: (store: Store, { flow_group_id, parameters }: Group & { parameters: Json }) => ({
    success: store.update('flow_group', flow_group_id, { default_parameters: parameters }),
  }),
  set_flow_group_description: (
    store: Store,
    { flow_group_id, description = null }: Group & { description?: string | null },
  ) => ({
    success: store.update('flow_group', flow_group_id, { description }),
  }),
  set_flow_group_labels: (store: Store, { flow_group_id, labels }: Group & { labels?: readonly string[] | null }) => ({
    success: setGroupLabels(store, flow_group_id, labels),
  }),
  set_flow_group_run_config: (store: Store, { flow_group_id, run_config = null }: Group & { run_config?: Json }) => ({
    success: store.update('flow_group', flow_group_id, { run_config }),
  }),
  set_flow_group_schedule: (store: Store, input: ScheduleInput) => ({ success: setGroupSchedule(store, input) }),
  delete_flow_group_schedule: (store: Store, { flow_group_id }: Group) => ({
    success: store.update('flow_group', flow_group_id, { schedule: null }),
  }),
  create_flow_run: (store: Store, input: CreateFlowRunInput) => ({ id: createFlowRun(store, input) }),
  delete_flow_run: (store: Store, { flow_run_id }: { flow_run_id: string }) => ({
    success: store.delete('flow_run', flow_run_id),
  }),
};

/** Runs a mutation: all of it or nothing. */
export function mutate(store: Store, name: string, input: unknown): unknown {
  const rule = RULES[name as keyof typeof RULES] as (store: Store, input: unknown) => unknown;
  try {
    return store.transaction(() => rule(store, input));
  } catch (error) {
    if (error instanceof z.ZodError) throw new TypeError(z.prettifyError(error), { cause: error });
    throw error;
  }
}

/** src/prefect_server/api/tenants.py. */
export function createTenant(store: Store, name: string, slug: string, id?: string): string {
  if (!/^[a-z\d]+(-[a-z\d]+)*$/.test(slug)) throw new Error('Slug must be "slugified" (lowercase; no spaces)');
  return store.insert('tenant', { ...(id === undefined ? {} : { id }), name, slug, settings: {} });
}
