import type { Store } from '../data/store';
import type { Json } from '../data/tables';

interface Clock {
  parameter_defaults?: Json;
}
export interface ScheduleInput {
  flow_group_id: string;
  cron_clocks?: readonly (Clock & { cron: string })[] | null;
  /** In seconds. */
  interval_clocks?: readonly (Clock & { interval: number })[] | null;
  timezone?: string | null;
}

/** set_flow_group_schedule of src/prefect_server/graphql/flow_groups.py and src/prefect_server/api/flow_groups.py. */
export function setGroupSchedule(
  store: Store,
  { flow_group_id, cron_clocks, interval_clocks, timezone }: ScheduleInput,
): boolean {
  const startDate = timezone ? { dt: wallClock(timezone), tz: timezone } : null;
  const crons = (cron_clocks ?? []).map((clock) => ({ type: 'CronClock', ...clock }));
  const intervals = (interval_clocks ?? []).map(({ interval, parameter_defaults: defaults }) => ({
    type: 'IntervalClock',
    // A serialized schedule counts microseconds.
    interval: interval * 1_000_000,
    ...(defaults ? { parameter_defaults: defaults } : {}),
  }));
  const clocks = [...crons, ...intervals].map((clock) => ({ ...clock, start_date: startDate }));
  return store.update('flow_group', flow_group_id, { schedule: { type: 'Schedule', clocks } });
}

/** set_flow_group_labels of the latter: null removes them. */
export function setGroupLabels(store: Store, id: string, labels: readonly string[] | null | undefined): boolean {
  return store.update('flow_group', id, { labels: labels ? [...new Set(labels)] : null });
}

function wallClock(timezone: string): string {
  try {
    return new Date().toLocaleString('sv', { timeZone: timezone }).replace(' ', 'T');
  } catch (cause) {
    throw new Error(`Invalid timezone provided for schedule: ${timezone}`, { cause });
  }
}
