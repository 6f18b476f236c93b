import type { Store } from '../data/store';
import type { Json } from '../data/tables';
import { flow as flowSchema, isObject } from './serialized';

// The functions of the same names in src/prefect_server/api/flows.py, without the runs that they schedule and delete
// there.

export function archiveFlow(store: Store, id: string): boolean {
  return store.update('flow', id, { archived: true });
}

/** False for a flow without a schedule of its own or of its group. */
export function setScheduleActive(store: Store, id: string): boolean {
  const flow = store.get('flow', id);
  if (!flow) return false;
  const group = store.get('flow_group', flow.flow_group_id);
  const { parameters, schedule } = flowSchema
    .pick({ parameters: true, schedule: true })
    .parse({ parameters: flow.parameters ?? [], schedule: flow.schedule });
  const given = keys(group?.default_parameters);
  const missing = parameters.filter(({ name, required }) => required && !given.includes(name ?? ''));
  const covered = (schedule?.clocks ?? []).every(({ parameter_defaults }) =>
    missing.every(({ name }) => keys(parameter_defaults).includes(name ?? '')),
  );
  if (schedule && !covered) throw new Error('Can not schedule a flow that has required parameters.');
  if (!schedule && group?.schedule == null) return false;
  return store.update('flow', id, { is_schedule_active: true });
}

export function setScheduleInactive(store: Store, id: string): boolean {
  return store.update('flow', id, { is_schedule_active: false });
}

function keys(value: Json | undefined): string[] {
  return isObject(value) ? Object.keys(value) : [];
}
