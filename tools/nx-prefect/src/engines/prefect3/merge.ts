import { canonicalJson, sameJson, sha256 } from '../../core/canonical';
import { type Change, shownChange } from '../shown-change';
import {
  type Identity,
  MARK_LABEL,
  boundTo,
  isPrunedTag,
  markOf,
  markTag,
  markText,
  readMark,
  readPruned,
} from './marks';
import { mergedSchedules, sameSchedules, sentSchedule } from './merge-schedules';
import { OWNED_LABEL, type OwnedNames, namesOf, ownedNames, ownedSchedules } from './owned-names';
import type { Deployment, Schedule } from './rest-types';
import type { WantedDeployment } from './wanted-deployments';
import { writtenDigests } from './written-fields';

/**
 * The body of `POST /deployments/` without `name` and `flow_id`. Every field is given, because the server resets
 * schedules, parameters and labels that a request leaves out; `paused` alone is left out on an update, which keeps it.
 */
export interface DeploymentBody {
  entrypoint: string;
  description: string | null;
  version: string;
  path: null;
  pull_steps: Record<string, unknown>[];
  parameter_openapi_schema: Record<string, unknown>;
  enforce_parameter_schema: boolean;
  work_pool_name: string | null;
  work_queue_name: string | null;
  tags: string[];
  labels: Record<string, string | number | boolean>;
  job_variables: Record<string, unknown>;
  parameters: Record<string, unknown>;
  schedules: Schedule[];
  concurrency_limit?: number | null;
  concurrency_options?: Record<string, unknown> | null;
  paused?: boolean;
}

/**
 * What the server should hold: everything that source and options own as they say, everything else as people left it.
 * A deployment that already equals the result is in sync.
 */
export function merge(wanted: WantedDeployment, held: Deployment | undefined): DeploymentBody {
  const before = ownedNames(held);
  const limit = wanted.concurrencyLimit ?? (before.concurrencyLimit || wanted.concurrencyOptions ? null : undefined);
  const body = {
    entrypoint: wanted.entrypoint,
    description: wanted.description,
    version: wanted.version,
    path: null,
    pull_steps: wanted.pullSteps,
    parameter_openapi_schema: wanted.parameterOpenapiSchema,
    enforce_parameter_schema: wanted.enforceParameterSchema,
    work_pool_name: wanted.workPool,
    work_queue_name: wanted.workPool === null ? null : wanted.workQueue,
    tags: mergedTags(wanted, held, before),
    job_variables: { ...without(held?.job_variables, before.jobVariables), ...wanted.jobVariables },
    parameters: { ...without(held?.parameters, before.parameters), ...wanted.parameters },
    schedules: mergedSchedules(wanted.schedules, {
      held: held?.schedules ?? [],
      before: ownedSchedules(before),
      deployedOver: wasDeployedOver(held),
    }),
    ...(limit === undefined
      ? {}
      : { concurrency_limit: limit, concurrency_options: wanted.concurrencyOptions ?? null }),
    ...(held ? startedAgain(held) : { paused: wanted.paused }),
  };
  const owned = namesOf(wanted);
  const wrote = writtenDigests({ ...body, limit: limit ?? null }, owned);
  const marks = {
    [OWNED_LABEL]: canonicalJson(owned),
    [MARK_LABEL]: markText({ of: boundTo(identityOf(wanted)), ...wanted.mark, wrote }),
  };
  return { ...body, labels: { ...foreignLabels(held), ...marks } };
}

/** Names of the fields in which the server differs from what it should hold; empty = in sync. */
export function differences(wanted: WantedDeployment, held: Deployment): string[] {
  const {
    schedules,
    tags,
    labels,
    concurrency_limit,
    concurrency_options,
    paused: _onlyNew,
    ...plain
  } = merge(wanted, held);
  const differing = Object.entries(plain)
    .filter(([field, value]) => !sameJson(value, held[field as keyof Deployment]))
    .map(([field]) => field);
  if (!sameJson([...tags].sort(), [...held.tags].sort())) differing.push('tags');
  if (labels[OWNED_LABEL] !== held.labels?.[OWNED_LABEL] || !isMarked(wanted, held)) differing.push('labels');
  if (!sameSchedules(schedules, held.schedules)) differing.push('schedules');
  if (concurrency_limit !== undefined && concurrency_limit !== (held.global_concurrency_limit?.limit ?? null)) {
    differing.push('concurrency_limit');
  }
  if (concurrency_options != null && !containsJson(held.concurrency_options, concurrency_options))
    differing.push('concurrency_options');
  return differing;
}

/** The mark has the commit of the last write, so a newer commit with equal content is not a difference. */
function isMarked(wanted: WantedDeployment, held: Deployment): boolean {
  return readMark(held)?.of === boundTo(identityOf(wanted));
}

function identityOf({ flowName, name, workspaceId, mark }: WantedDeployment): Identity {
  return { flowName, name, workspaceId, environment: mark.env };
}

/** The fields that differ, with what the server holds and would hold. @param shown wanted, with its placeholders */
export function changes(fields: string[], shown: WantedDeployment, held: Deployment): Change[] {
  const after: Partial<Record<string, unknown>> = { ...merge(shown, held) };
  const before: Partial<Record<string, unknown>> = {
    ...held,
    concurrency_limit: held.global_concurrency_limit?.limit ?? null,
    labels: foreignLabels(held),
    schedules: held.schedules.map(sentSchedule),
  };
  return fields.map((field) => shownChange(field, before[field], after[field]));
}

/** What a saved plan is compared with. A newer commit, and what a worker's visit changes, are no move. */
export function stateOf(wanted: WantedDeployment, held?: Deployment): { wanted: string; held: string } {
  const digest = (value: unknown) => sha256(canonicalJson(value));
  return {
    wanted: digest({ ...wanted, mark: { ...wanted.mark, commit: '' } }),
    held:
      held === undefined
        ? ''
        : digest([held.global_concurrency_limit?.limit ?? null, ...HELD.map((name) => held[name] ?? null)]),
  };
}

/** What people and registrations write. */
const HELD = [
  'entrypoint',
  'description',
  'version',
  'pull_steps',
  'parameter_openapi_schema',
  'enforce_parameter_schema',
  'work_pool_name',
  'work_queue_name',
  'tags',
  'labels',
  'job_variables',
  'parameters',
  'schedules',
  'paused',
] as const satisfies readonly (keyof Deployment)[];

/** What `prune` paused is started by the next registration; what people paused stays so. */
function startedAgain({ tags }: Deployment): { paused?: false } {
  return readPruned(tags)?.wasPaused === false ? { paused: false } : {};
}

function mergedTags(wanted: WantedDeployment, held: Deployment | undefined, before: OwnedNames): string[] {
  const kept = (held?.tags ?? []).filter(
    (tag) => !before.tags.includes(tag) && markOf(tag) === undefined && !isPrunedTag(tag),
  );
  return [...new Set([...kept, ...wanted.tags, markTag(wanted.workspaceId)])];
}

/** `prefect deploy` keeps labels and resets tags. */
function wasDeployedOver(held: Deployment | undefined): boolean {
  return held?.labels?.[OWNED_LABEL] !== undefined && !held.tags.some((tag) => markOf(tag) !== undefined);
}

/** Labels of people; the server adds its own (`prefect.`) again. */
function foreignLabels(held: Deployment | undefined): Record<string, string | number | boolean> {
  return Object.fromEntries(Object.entries(held?.labels ?? {}).filter(([name]) => !name.startsWith('prefect.')));
}

function without(values: Record<string, unknown> | undefined, names: string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values ?? {}).filter(([name]) => !names.includes(name)));
}

function containsJson(held: Record<string, unknown> | null, wanted: Record<string, unknown>): boolean {
  return Object.entries(wanted).every(([name, value]) => sameJson(held?.[name], value));
}
