import { z } from 'zod';
import { FlowError } from '../../core/errors';
import type { DeclaredFields, DeclaredSchedule } from './loaded-prefect3';

/** A switch, or a placeholder that is filled when registering. */
const flag = z.union([z.boolean(), z.string().regex(/\{\{.+\}\}|^(true|false)$/i)]).nullish();

const schedule = z.looseObject({
  cron: z.string().optional(),
  interval: z.union([z.number(), z.string()]).optional(),
  rrule: z.string().optional(),
  timezone: z.string().nullish(),
  anchor_date: z.string().nullish(),
  day_or: z.boolean().nullish(),
  active: flag,
  parameters: z.record(z.string(), z.unknown()).nullish(),
  slug: z.string().nullish(),
  replaces: z.string().nullish(),
  max_scheduled_runs: z.number().nullish(),
});

const deployment = z.looseObject({
  name: z.string().nullish(),
  entrypoint: z.string().nullish(),
  version: z.union([z.string(), z.number()]).nullish(),
  description: z.string().nullish(),
  tags: z.union([z.string(), z.array(z.unknown())]).nullish(),
  parameters: z.record(z.string(), z.unknown()).nullish(),
  enforce_parameter_schema: z.boolean().nullish(),
  paused: flag,
  schedule: schedule.nullish(),
  schedules: z.array(schedule).nullish(),
  concurrency_limit: z
    .union([
      z.number(),
      z.looseObject({
        limit: z.number(),
        collision_strategy: z.string().nullish(),
        grace_period_seconds: z.number().nullish(),
      }),
    ])
    .nullish(),
  work_pool: z
    .looseObject({
      name: z.string().nullish(),
      work_queue_name: z.string().nullish(),
      job_variables: z.record(z.string(), z.unknown()).nullish(),
    })
    .nullish(),
});

/** Keys that say where the flow is, which is known here. */
const KNOWN = new Set([...Object.keys(deployment.shape), 'flow_name', 'build', 'push', 'pull']);

/**
 * What one entry of `deployments` declares, under REST names.
 * @param file workspace path of the `prefect.yaml`, for errors
 * @throws FlowError `prefect-yaml` that names the field
 */
export function deploymentOf(entry: object, file: string): { fields: DeclaredFields; warnings: string[] } {
  const parsed = deployment.safeParse(entry);
  const name = (entry as { name?: unknown }).name;
  if (!parsed.success) {
    const reason = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
    throw new FlowError({
      code: 'prefect-yaml',
      file,
      what: `The deployment ${JSON.stringify(name ?? null)} can't be read: ${reason}.`,
      next: 'Correct it.',
    });
  }
  const unknown = Object.keys(entry).filter((key) => !KNOWN.has(key));
  return {
    fields: fieldsOf(parsed.data, file),
    warnings: unknown.map(
      (key) =>
        `${file}: "${key}" of the deployment ${JSON.stringify(name ?? null)} is not managed; ` +
        "set it with Prefect's own tools.",
    ),
  };
}

function fieldsOf(item: z.infer<typeof deployment>, file: string): DeclaredFields {
  const limit = item.concurrency_limit;
  const schedules = item.schedules ?? (item.schedule ? [item.schedule] : undefined);
  return defined({
    name: item.name ?? undefined,
    description: item.description ?? undefined,
    version: item.version == null ? undefined : String(item.version),
    tags: item.tags == null ? undefined : [item.tags].flat().map(String),
    parameters: item.parameters ?? undefined,
    enforce_parameter_schema: item.enforce_parameter_schema ?? undefined,
    paused: item.paused ?? undefined,
    schedules: schedules?.map((entry) => declaredSchedule(entry, file)),
    concurrency_limit: limit == null ? undefined : typeof limit === 'number' ? limit : limit.limit,
    concurrency_options:
      limit == null || typeof limit === 'number' || limit.collision_strategy == null
        ? undefined
        : defined({
            collision_strategy: limit.collision_strategy,
            grace_period_seconds: limit.grace_period_seconds ?? undefined,
          }),
    work_pool_name: item.work_pool?.name ?? undefined,
    work_queue_name: item.work_pool?.work_queue_name ?? undefined,
    job_variables: item.work_pool?.job_variables ?? undefined,
  });
}

function declaredSchedule(entry: z.infer<typeof schedule>, file: string): DeclaredSchedule {
  const timezone = entry.timezone ?? undefined;
  let what: Record<string, unknown>;
  if (entry.cron !== undefined) what = { cron: entry.cron, timezone, day_or: entry.day_or ?? undefined };
  else if (entry.interval !== undefined) {
    what = { interval: seconds(entry.interval, file), anchor_date: entry.anchor_date ?? undefined, timezone };
  } else if (entry.rrule !== undefined) what = { ...rule(entry.rrule), ...defined({ timezone }) };
  else {
    throw new FlowError({
      code: 'prefect-yaml',
      file,
      what: 'A schedule gives none of cron, interval and rrule.',
      next: 'Give it one of them.',
    });
  }
  return defined({
    schedule: defined(what),
    active: entry.active ?? undefined,
    slug: entry.slug ?? undefined,
    parameters: entry.parameters ?? undefined,
    replaces: entry.replaces ?? undefined,
    max_scheduled_runs: entry.max_scheduled_runs ?? undefined,
  });
}

/** A rule, or Prefect's JSON form of one: `{"rrule": "...", "timezone": "..."}`. */
function rule(text: string): Record<string, unknown> {
  try {
    return z.looseObject({ rrule: z.string() }).parse(JSON.parse(text));
  } catch {
    return { rrule: text };
  }
}

/** Prefect takes seconds or an ISO 8601 duration (`PT1H30M`). */
function seconds(interval: number | string, file: string): number {
  if (typeof interval === 'number') return interval;
  const parts = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(interval);
  const units = [604_800, 86_400, 3_600, 60, 1];
  const total =
    Number(interval) || (parts ? units.reduce((sum, unit, at) => sum + unit * Number(parts[at + 1] ?? 0), 0) : 0);
  if (total > 0) return total;
  throw new FlowError({
    code: 'prefect-yaml',
    file,
    what: `A schedule's interval is "${interval}".`,
    next: 'Give seconds (3600) or an ISO 8601 duration (PT1H).',
  });
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** The object without its undefined fields: absent means "not declared". */
function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
