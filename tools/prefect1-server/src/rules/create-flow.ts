import { randomUUID } from 'node:crypto';
import type * as z from 'zod';
import type { Store } from '../data/store';
import type { Json, Row } from '../data/tables';
import { archiveFlow, setScheduleActive } from './flows';
import { flow as flowSchema, isObject } from './serialized';
import { registerEdges, registerTasks } from './tasks';

export interface CreateFlowInput {
  serialized_flow: Json;
  project_id: string;
  version_group_id?: string | null;
  set_schedule_active?: boolean | null;
  description?: string | null;
  idempotency_key?: string | null;
}

interface Parsed {
  flow: z.infer<typeof flowSchema>;
  /** What it was parsed from, and is stored. */
  serialized: { readonly [key: string]: Json };
}

/**
 * resolve_create_flow of src/prefect_server/graphql/flows.py: a flow of the same project and name, archived or not,
 * gives the version group; every other version of it is archived, also when the key says that there is nothing new.
 */
export function createFlow(store: Store, input: CreateFlowInput): string {
  const serialized = input.serialized_flow;
  if (!isObject(serialized)) throw new TypeError('The serialized flow is not a JSON object.');
  const flow = flowSchema.parse(serialized);
  const [newest] = store
    .where('flow', { project_id: input.project_id, name: flow.name })
    .sort((a, b) => (a.created < b.created ? 1 : -1));
  const group = input.version_group_id ?? newest?.version_group_id ?? undefined;
  const id = addVersion(store, { flow, serialized }, group ?? randomUUID(), input);
  if (group !== undefined) {
    for (const other of store.where('flow', { version_group_id: group, archived: false }))
      if (other.id !== id) archiveFlow(store, other.id);
  }
  return id;
}

/** create_flow of src/prefect_server/api/flows.py. */
function addVersion(store: Store, { flow, serialized }: Parsed, versionGroup: string, input: CreateFlowInput): string {
  const project = store.get('project', input.project_id);
  if (!project) throw new Error('Invalid project.');
  const key = input.idempotency_key ?? null;
  const [group] = store.where('flow_group', { tenant_id: project.tenant_id, name: versionGroup });
  const versions = store
    .where('flow', { version_group_id: versionGroup, tenant_id: project.tenant_id })
    .sort((a, b) => b.version - a.version);
  if (group) {
    const unarchived = versions.find(({ archived }) => !archived);
    if (key && settingsOf(group)['idempotency_key'] === key && unarchived) return unarchived.id;
    store.update('flow_group', group.id, { settings: { ...settingsOf(group), idempotency_key: key } });
  }
  const groupId = group?.id ?? store.insert('flow_group', newGroup(project.tenant_id, versionGroup, key));
  const id = store.insert('flow', {
    tenant_id: project.tenant_id,
    project_id: project.id,
    flow_group_id: groupId,
    version_group_id: versionGroup,
    version: (versions[0]?.version ?? 0) + 1,
    name: flow.name,
    description: input.description ?? null,
    archived: false,
    core_version: flow['__version__'] ?? null,
    serialized_flow: serialized,
    environment: flow.environment,
    run_config: flow.run_config,
    storage: flow.storage,
    parameters: flow.parameters as Json,
    settings: {},
    schedule: serialized['schedule'] ?? null,
    is_schedule_active: false,
  });
  registerTasks(store, id, serialized['tasks'] ?? []);
  registerEdges(store, id, serialized['edges'] ?? []);
  const scheduled = flow.schedule != null || group?.schedule != null;
  // A schedule that can't be switched on leaves the new version without: the real server only logs it.
  if (scheduled && input.set_schedule_active !== false) attempt(() => setScheduleActive(store, id));
  return id;
}

function newGroup(tenantId: string, name: string, key: string | null) {
  const settings = {
    heartbeat_enabled: true,
    lazarus_enabled: true,
    version_locking_enabled: false,
    idempotency_key: key,
  };
  return { tenant_id: tenantId, name, settings, default_parameters: {} };
}

function settingsOf(group: Row<'flow_group'>): { readonly [key: string]: Json } {
  return isObject(group.settings) ? group.settings : {};
}

function attempt(work: () => void): void {
  try {
    work();
  } catch {
    // see the caller
  }
}
