import { posix } from 'node:path';
import { type Tags, parse } from 'yaml';
import { z } from 'zod';
import { FlowError } from '../errors';
import type { DeclaredFields, DeclaredSchedule } from '../python/protocol';

/** A deployment of a `prefect.yaml` that belongs to one flow file. Placeholders (`{{ ... }}`) are still in it. */
export interface YamlDeployment {
  /** Workspace path of the `prefect.yaml`. */
  file: string;
  /** Attribute of the flow file; null where the deployment names no entrypoint. */
  attribute: string | null;
  fields: DeclaredFields;
}

export interface YamlDeployments {
  deployments: YamlDeployment[];
  warnings: string[];
}

const schedule = z.looseObject({
  cron: z.string().optional(),
  interval: z.union([z.number(), z.string()]).optional(),
  rrule: z.string().optional(),
  timezone: z.string().nullish(),
  anchor_date: z.string().nullish(),
  day_or: z.boolean().nullish(),
  active: z.union([z.boolean(), z.string()]).nullish(),
  parameters: z.record(z.string(), z.unknown()).nullish(),
  slug: z.string().nullish(),
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
  paused: z.boolean().nullish(),
  schedule: schedule.nullish(),
  schedules: z.array(schedule).nullish(),
  concurrency_limit: z
    .union([z.number(), z.looseObject({ limit: z.number(), collision_strategy: z.string().nullish(), grace_period_seconds: z.number().nullish() })])
    .nullish(),
  work_pool: z
    .looseObject({
      name: z.string().nullish(),
      work_queue_name: z.string().nullish(),
      job_variables: z.record(z.string(), z.unknown()).nullish(),
    })
    .nullish(),
});

const prefectYaml = z.looseObject({ deployments: z.array(deployment).nullish() }).nullable();

/**
 * The deployments of a `prefect.yaml` whose entrypoint is a given flow file.
 * A file beside the flow means `flow.py:main` of its own folder; every file may give paths from the root.
 * Fields are those of Prefect 3's `prefect deploy`; anything else is refused or warned about, never dropped in silence.
 * @throws FlowError `prefect-yaml` when the file can't be read
 */
export function yamlDeploymentsOf(flowFile: string, file: string, text: string): YamlDeployments {
  const document = parsed(file, text);
  const folder = posix.dirname(file);
  const besideFlow = folder === posix.dirname(flowFile);
  const own = (document?.deployments ?? []).flatMap((item) => {
    const [path, attribute] = splitEntrypoint(item.entrypoint);
    if (path === null) return besideFlow ? [{ item, attribute }] : [];
    return [posix.join(folder, path), posix.normalize(path)].includes(flowFile) ? [{ item, attribute }] : [];
  });
  const steps = own.length > 0 && document ? ignoredSteps([document, ...own.map(({ item }) => item)]) : [];
  return {
    deployments: own.map(({ item, attribute }) => ({ file, attribute, fields: declaredFields(item, file) })),
    warnings: steps.map(
      (step) => `${file}: its "${step}" steps are not run; nx-prefect ships the code itself, and docker-deploy builds images.`,
    ),
  };
}

/** Prefect reads the file with PyYAML, which is YAML 1.1; dates reach the server as they are written. */
const AS_PYYAML = {
  version: '1.1',
  customTags: (tags: Tags) => tags.filter((tag) => typeof tag === 'string' || tag.tag !== 'tag:yaml.org,2002:timestamp'),
} as const;

function parsed(file: string, text: string): z.infer<typeof prefectYaml> {
  try {
    return prefectYaml.parse(parse(text, AS_PYYAML) ?? null);
  } catch (cause) {
    const reason =
      cause instanceof z.ZodError
        ? cause.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
        : (cause as Error).message.split('\n')[0];
    throw new FlowError({
      code: 'prefect-yaml',
      file,
      what: `The file can't be read: ${reason}.`,
      next: 'Correct it; `prefect deploy` reads the same format.',
      cause,
    });
  }
}

function splitEntrypoint(entrypoint: string | null | undefined): [path: string | null, attribute: string | null] {
  if (!entrypoint) return [null, null];
  const colon = entrypoint.lastIndexOf(':');
  return colon < 0 ? [entrypoint, null] : [entrypoint.slice(0, colon), entrypoint.slice(colon + 1)];
}

function ignoredSteps(sections: Record<string, unknown>[]): string[] {
  return ['build', 'push', 'pull'].filter((step) => sections.some((section) => isFilled(section[step])));
}

function isFilled(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== null && typeof value === 'object' && Object.keys(value).length > 0;
}

function declaredFields(item: z.infer<typeof deployment>, file: string): DeclaredFields {
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
        : defined({ collision_strategy: limit.collision_strategy, grace_period_seconds: limit.grace_period_seconds ?? undefined }),
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
  } else if (entry.rrule !== undefined) what = { rrule: entry.rrule, timezone };
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
    active: typeof entry.active === 'string' ? entry.active === 'true' : (entry.active ?? undefined),
    slug: entry.slug ?? undefined,
    parameters: entry.parameters ?? undefined,
    max_scheduled_runs: entry.max_scheduled_runs ?? undefined,
  });
}

/** Prefect takes seconds or an ISO 8601 duration (`PT1H30M`). */
function seconds(interval: number | string, file: string): number {
  if (typeof interval === 'number') return interval;
  const parts = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(interval);
  const units = [604_800, 86_400, 3_600, 60, 1];
  const total = Number(interval) || (parts ? units.reduce((sum, unit, at) => sum + unit * Number(parts[at + 1] ?? 0), 0) : 0);
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
