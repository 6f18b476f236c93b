import type { Registration } from '../../build/manifest';
import type { RegisterOptions } from '../../executors/register/schema';
import { fillPlaceholders, type Lookup } from '../placeholders';
import type { DeclaredSchedule } from '../../python/protocol';

/** A deployment as source and options want it: only what they own. */
export interface WantedDeployment {
  flowName: string;
  name: string;
  entrypoint: string;
  description: string | null;
  version: string;
  parameterOpenapiSchema: Record<string, unknown>;
  enforceParameterSchema: boolean;
  pullSteps: Record<string, unknown>[];
  workPool: string | null;
  workQueue: string;
  tags: string[];
  jobVariables: Record<string, unknown>;
  parameters: Record<string, unknown>;
  schedules: DeclaredSchedule[];
  /** Absent = people's. */
  concurrencyLimit?: number;
  concurrencyOptions?: Record<string, unknown>;
  /** Only counts when the deployment is created: pausing is people's. */
  paused: boolean;
  workspaceId: string;
}

export interface WantedContext {
  options: RegisterOptions;
  /** What was typed on the command line for this run: it wins over the flow's own settings. */
  typed: Partial<RegisterOptions>;
  pullSteps: Record<string, unknown>[];
  workspaceId: string;
  /** Fills `{{ $NAME }}`; other placeholders stay. */
  lookup: Lookup;
  /** `PREFECT_DEFAULT_WORK_POOL_NAME` */
  defaultWorkPool: string | undefined;
}

/**
 * Settles each field by precedence: typed on the command line, declared by the flow, options of the workspace.
 * The first 12 digits of the digest go into `version`, where `prefect deploy` of somebody else replaces them: drift shows.
 */
export function wantedDeployment(registration: Registration, context: WantedContext): WantedDeployment {
  const { options, typed } = context;
  const fields = fillPlaceholders(registration.fields, context.lookup);
  const digest = registration.digest.slice(0, 12);
  const pool = typed.workPool ?? fields.work_pool_name;
  const image = options.image === undefined ? {} : { image: options.image };
  return {
    flowName: registration.flowName,
    name: typed.deploymentName ?? fields.name ?? options.deploymentName,
    entrypoint: registration.entrypoint,
    description: fields.description ?? null,
    version: fields.version ? `${fields.version}+${digest}` : digest,
    parameterOpenapiSchema: registration.parameterOpenapiSchema,
    enforceParameterSchema: fields.enforce_parameter_schema ?? true,
    pullSteps: context.pullSteps,
    workPool: pool ?? options.workPool ?? context.defaultWorkPool ?? null,
    // A queue belongs to its pool: the workspace's queue does not go with a pool that the flow chose.
    workQueue: typed.workQueue ?? fields.work_queue_name ?? (pool ? undefined : options.workQueue) ?? 'default',
    tags: unique([...(fields.tags ?? []), ...options.tags, ...options.labels]),
    jobVariables: {
      ...image,
      ...options.jobVariables,
      ...fields.job_variables,
      ...typed.jobVariables,
      ...(typed.image === undefined ? {} : { image: typed.image }),
    },
    parameters: fields.parameters ?? {},
    schedules: withSlugs(fields.schedules ?? []),
    ...(fields.concurrency_limit == null ? {} : { concurrencyLimit: fields.concurrency_limit }),
    ...(fields.concurrency_options == null ? {} : { concurrencyOptions: fields.concurrency_options }),
    paused: fields.paused ?? false,
    workspaceId: context.workspaceId,
  };
}

function unique(words: string[]): string[] {
  return [...new Set(words)];
}

/** A schedule is known by its slug; one without gets a slug by its place, so that an edited cron stays the same schedule. */
function withSlugs(schedules: DeclaredSchedule[]): DeclaredSchedule[] {
  return schedules.map((schedule, at) => ({ ...schedule, slug: schedule.slug ?? `schedule-${at + 1}` }));
}
