import { randomUUID } from 'node:crypto';
import type { Store } from '../data/store';
import type { AnyRow, Json } from '../data/tables';
import { flow as flowSchema, isObject } from './serialized';

export interface CreateFlowRunInput {
  flow_id?: string | null;
  version_group_id?: string | null;
  parameters?: Json;
  labels?: readonly string[] | null;
  run_config?: Json;
  context?: Json;
  scheduled_start_time?: string | null;
  idempotency_key?: string | null;
  flow_run_name?: string | null;
}

/**
 * create_flow_run of src/prefect_server/api/runs.py. The run stays Scheduled: nothing here runs it, and no agent is
 * served.
 */
export function createFlowRun(store: Store, input: CreateFlowRunInput): string {
  const flow = flowToRun(store, input);
  const group = store.get('flow_group', flow.flow_group_id);
  if (input.idempotency_key) {
    const [same] = store.where('flow_run', { flow_id: flow.id, idempotency_key: input.idempotency_key });
    if (same) return same.id;
  }
  const { parameters } = flowSchema.pick({ parameters: true }).parse({ parameters: flow.parameters ?? [] });
  const given = { ...object(group?.default_parameters), ...object(input.parameters) };
  const missing = parameters
    .filter(({ name, required }) => required && !Object.hasOwn(given, name ?? ''))
    .map(({ name }) => name);
  if (missing.length > 0) throw new Error(`Required parameters were not supplied: ${missing.join(', ')}`);
  const defaults = Object.fromEntries(
    parameters.filter((one) => one.default).map((one) => [one.name ?? '', one.default]),
  );
  const start = input.scheduled_start_time ?? store.now();
  const id = randomUUID();
  const state = {
    type: 'Scheduled',
    message: 'Flow run scheduled.',
    start_time: start,
    result: null,
    context: {},
    cached_inputs: {},
    __version__: flow.core_version,
  };
  store.insert('flow_run', {
    id,
    tenant_id: flow.tenant_id,
    flow_id: flow.id,
    name: input.flow_run_name ?? `run-${id.slice(0, 8)}`,
    labels: labelsOf(input, group, flow).sort(),
    parameters: { ...defaults, ...given },
    run_config: input.run_config ?? group?.run_config ?? flow.run_config,
    context: object(input.context),
    version: 1,
    idempotency_key: input.idempotency_key ?? null,
    auto_scheduled: false,
    scheduled_start_time: start,
    state: state.type,
    state_message: state.message,
    state_timestamp: store.now(),
    serialized_state: state,
  });
  store.insert('flow_run_state', {
    tenant_id: flow.tenant_id,
    flow_run_id: id,
    timestamp: store.now(),
    state: state.type,
    message: state.message,
    serialized_state: state,
    version: 1,
  });
  return id;
}

function flowToRun(store: Store, { flow_id: id, version_group_id: group }: CreateFlowRunInput) {
  if (!id && !group) throw new Error('One of flow_id or version_group_id must be provided.');
  const [newest] = group
    ? store.where('flow', { version_group_id: group, archived: false }).sort((a, b) => b.version - a.version)
    : [];
  const flow = id ? store.get('flow', id) : newest;
  if (!flow) throw new Error(id ? `Flow ${id} not found` : `Version group ${group} has no unarchived flows.`);
  if (flow.archived) throw new Error(`Flow ${flow.id} is archived.`);
  return flow;
}

/** The first that says something: what was asked for, the group's, the flow's own. */
function labelsOf(input: CreateFlowRunInput, group: AnyRow | undefined, flow: AnyRow): string[] {
  if (input.labels != null) return [...input.labels];
  if (input.run_config != null) return list(object(input.run_config)['labels']);
  if (group?.['labels'] != null) return list(group['labels']);
  const config = group?.['run_config'] ?? flow['run_config'] ?? flow['environment'];
  return list(object(config)['labels']);
}

function object(value: Json | undefined): { readonly [key: string]: Json } {
  return isObject(value) ? value : {};
}

function list(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}
