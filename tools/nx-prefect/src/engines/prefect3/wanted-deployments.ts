import { FlowError } from '../../core/errors';
import type { Prefect3Manifest, Registration } from './prefect3-manifest';
import type { RegisterOptions } from '../../options/register-options';
import type { DeclaredSchedule } from './loaded-prefect3';
import { codeOf } from '../../stores/code-files';
import type { Delivery, PullStep } from '../../stores/code-store';
import { placeOf } from '../../stores/stores';
import { declaredSteps, refuseOwnImage, unusedSteps } from './declared-steps';
import type { WantContext, Wanted } from '../engine';
import { isReservedTag, RESERVED_TAG_MESSAGE } from '../../options/reserved-tags';
import { nameIn, startsSchedules } from '../../options/environment';
import { nameFlaw } from '../../options/option-types';
import { type Mark, digestOfNames } from './marks';
import { environmentLookup, fillPlaceholders, type Lookup, placeholders, refuseSecrets } from './placeholders';
import { settingsOf } from './prefect3-settings';
import { withRequirements } from './requirements-step';

/** A schedule with its switch decided. Without a slug in source it has none on the server: Prefect's CLI sends none. */
export type WantedSchedule = Omit<DeclaredSchedule, 'active' | 'slug'> & { slug: string | null; active?: boolean };

/** A deployment as source and options want it: only what they own. */
export interface WantedDeployment {
  flowName: string;
  name: string;
  entrypoint: string;
  description: string | null;
  version: string;
  parameterOpenapiSchema: Record<string, unknown>;
  enforceParameterSchema: boolean;
  pullSteps: PullStep[];
  workPool: string | null;
  workQueue: string;
  tags: string[];
  jobVariables: Record<string, unknown>;
  parameters: Record<string, unknown>;
  schedules: WantedSchedule[];
  /** Absent = people's. */
  concurrencyLimit?: number;
  concurrencyOptions?: Record<string, unknown>;
  /** Only counts when the deployment is created: pausing is people's. */
  paused: boolean;
  workspaceId: string;
  /** What the mark says of where it comes from. */
  mark: Pick<Mark, 'env' | 'file' | 'commit' | 'names' | 'by'>;
  /** From a `prefect.yaml`: its `{{ ... }}` are placeholders; those in code are the user's own text. */
  templated: boolean;
  /** The description is the flow's own text. */
  describedInCode?: boolean;
  /** Values for the marks in parameters, their schema and schedules; absent = there are none. */
  clock?: unknown[];
}

/** A deployment to register, as {@link wantedDeployments} makes it for a Prefect 3 server. */
export interface UnfilledOnRest extends Wanted {
  deployment: UnfilledDeployment;
  /** How its workers get the code. @param held what the server says of it now */
  deliver(held: Delivery | undefined): Promise<Delivery>;
  /** Sentences for the user. */
  notes: string[];
  /** The same with all its placeholders, for people; absent where it has none. */
  shown?: UnfilledDeployment;
}

/** The same when its placeholders are filled. */
export interface WantedOnRest extends Wanted {
  deployment: WantedDeployment;
}

/** Where a `prefect.yaml` has a placeholder, typed fields are text until `typed-fields.ts` gives them their types. */
export type UnfilledDeployment = Omit<WantedDeployment, keyof Unfilled | 'pullSteps'> & Unfilled;

interface Unfilled {
  tags: unknown[];
  enforceParameterSchema: unknown;
  paused: unknown;
  schedules: UnfilledSchedule[];
  concurrencyLimit?: unknown;
}

export type UnfilledSchedule = Omit<WantedSchedule, 'active'> & { active?: unknown };

/** The deployments of one build, with their code. */
export function wantedDeployments(
  manifest: Prefect3Manifest,
  { workspaceRoot, flow, shipped, options, typed, workspaceId, env, commit, storeFor }: WantContext,
): UnfilledOnRest[] {
  const place = placeOf(flow, options);
  const store = storeFor(place);
  const code = codeOf(workspaceRoot, shipped, manifest.code);
  const names = digestOfNames(manifest.registrations.map(({ flowName, fields }) => `${flowName}/${fields.name ?? ''}`));
  const context: WantedContext = {
    flow,
    options,
    typed,
    workspaceId,
    source: { env: options.environment ?? '', commit, names },
    lookup: environmentLookup(env, flow),
    defaultWorkPool: settingsOf(workspaceRoot, env).get('workPool')?.text,
  };
  return manifest.registrations.map((registration) => {
    const clock = manifest.clock && { clock: manifest.clock };
    const deployment = { ...wantedDeployment(registration, context), ...clock };
    const shown = registration.templated && {
      shown: { ...wantedDeployment(registration, { ...context, lookup: () => undefined }), ...clock },
    };
    const { flowName, name } = deployment;
    return {
      flow,
      identity: [flowName, name],
      declaredIn: registration.declaredIn,
      takeOver: options.takeOver,
      code: { code, store },
      deployment,
      deliver: async (held) => {
        refuseOwnImage(registration, store, flow);
        const declared = declaredSteps(registration, store, flow);
        const delivery = await store.delivery(code, { flow, declared, gitClone: manifest.gitClone, held });
        return withRequirements(delivery, options.installRequirements, { flow, files: code.files });
      },
      notes: unusedSteps(registration, store, place),
      ...shown,
    };
  });
}

interface WantedContext {
  /** Nx project, for errors. */
  flow: string;
  options: RegisterOptions;
  /** What was typed on the command line for this run: it wins over the flow's own settings. */
  typed: Partial<RegisterOptions>;
  workspaceId: string;
  /** Where it comes from, for the mark. */
  source: Pick<Mark, 'env' | 'commit' | 'names'>;
  /** Fills `{{ $NAME }}`; other placeholders stay. */
  lookup: Lookup;
  /** Prefect's own setting, `PREFECT_DEPLOYMENTS_DEFAULT_WORK_POOL_NAME`. */
  defaultWorkPool: string | undefined;
}

/**
 * Settles each field by precedence: typed on the command line, declared by the flow, options of the workspace. The
 * first 12 digits of the digest go into `version`, where `prefect deploy` of somebody else replaces them: drift shows.
 */
function wantedDeployment(registration: Registration, context: WantedContext): UnfilledDeployment {
  const { options, typed } = context;
  if (registration.templated) refuseSecrets(registration.fields, { flow: context.flow, file: registration.declaredIn });
  const fields = registration.templated ? fillPlaceholders(registration.fields, context.lookup) : registration.fields;
  const digest = registration.digest.slice(0, 12);
  const pool = typed.workPool ?? fields.work_pool_name;
  const image = options.image === undefined ? {} : { image: options.image };
  const name = nameIn(options.environment, typed.deploymentName ?? fields.name ?? options.deploymentName);
  const workPool = pool ?? options.workPool ?? context.defaultWorkPool ?? null;
  // A queue belongs to its pool: the workspace's queue does not go with a pool that the flow chose.
  const workQueue = typed.workQueue ?? fields.work_queue_name ?? (pool ? undefined : options.workQueue) ?? 'default';
  const tags = unique([...[fields.tags ?? []].flat(), ...options.tags, ...options.labels]);
  refuseNames({ 'deployment name': name, 'work pool': workPool, 'work queue': workQueue }, tags, {
    flow: context.flow,
    file: registration.declaredIn,
  });
  return {
    flowName: registration.flowName,
    name,
    entrypoint: registration.entrypoint,
    description: fields.description ?? registration.description,
    version: fields.version ? `${fields.version}+${digest}` : digest,
    parameterOpenapiSchema: registration.parameterOpenapiSchema,
    enforceParameterSchema: fields.enforce_parameter_schema ?? true,
    workPool,
    workQueue,
    tags,
    jobVariables: {
      ...image,
      ...options.jobVariables,
      ...fields.job_variables,
      ...typed.jobVariables,
      ...(typed.image === undefined ? {} : { image: typed.image }),
    },
    parameters: fields.parameters ?? {},
    schedules: withSlugs(fields.schedules ?? [], context.flow).map((schedule) =>
      startsSchedules(options) ? schedule : { ...schedule, active: false },
    ),
    ...(fields.concurrency_limit == null ? {} : { concurrencyLimit: fields.concurrency_limit }),
    ...(fields.concurrency_options == null ? {} : { concurrencyOptions: fields.concurrency_options }),
    paused: fields.paused ?? false,
    workspaceId: context.workspaceId,
    mark: {
      file: registration.entrypoint.replace(/:[^:]*$/, ''),
      ...context.source,
      ...(isNamedBySource(registration, context) ? { by: 'source' } : {}),
    },
    templated: registration.templated,
    ...(fields.description == null && { describedInCode: true }),
  };
}

/** A placeholder has another value elsewhere, and so has what is typed. */
function isNamedBySource({ fields: { name } }: Registration, { typed }: WantedContext): boolean {
  return typed.deploymentName === undefined && name != null && placeholders(name).length === 0;
}

/**
 * Names that the server refuses, said before it is asked, and tags that would give the deployment away.
 * @throws FlowError `bad-name`, `reserved-tag`
 */
function refuseNames(
  names: Record<string, string | null>,
  tags: string[],
  place: { flow: string; file: string },
): void {
  for (const [what, name] of Object.entries(names)) {
    const flaw = name === null ? undefined : nameFlaw(String(name));
    if (flaw === undefined) continue;
    throw new FlowError({
      code: 'bad-name',
      ...place,
      what: `The ${what} ${JSON.stringify(name).slice(0, 100)} ${flaw}.`,
      next: 'Correct it where it is set: in the flow, its prefect.yaml or the options.',
    });
  }
  const tag = tags.find(isReservedTag);
  if (tag === undefined) return;
  throw new FlowError({
    code: 'reserved-tag',
    ...place,
    what: `The tag ${JSON.stringify(tag)} ${RESERVED_TAG_MESSAGE}.`,
    next: 'Give it another name where it is set: in the flow, its prefect.yaml or the options.',
  });
}

function unique(words: string[]): string[] {
  return [...new Set(words)];
}

function withSlugs(schedules: DeclaredSchedule[], flow: string): UnfilledSchedule[] {
  const slugs = schedules.flatMap(({ slug }) => slug ?? []);
  const twice = slugs.find((slug, at) => slugs.indexOf(slug) !== at);
  if (twice === undefined) return schedules.map((schedule) => ({ ...schedule, slug: schedule.slug ?? null }));
  throw new FlowError({
    code: 'slug-twice',
    flow,
    what: `Two schedules of one deployment have the slug "${twice}".`,
    next: 'Give each schedule a slug of its own.',
  });
}
