import { canonicalJson, sha256 } from '../../core/canonical';
import type { OwnedNames } from './owned-names';
import type { Deployment, Schedule } from './rest-types';
import { saying } from './merge-schedules';
import { meaningOf } from './schedules';

/** What of a deployment source and options own, field by field, whoever holds it. */
type Content = Pick<
  Deployment,
  | 'entrypoint'
  | 'description'
  | 'version'
  | 'pull_steps'
  | 'parameter_openapi_schema'
  | 'enforce_parameter_schema'
  | 'work_pool_name'
  | 'work_queue_name'
  | 'tags'
  | 'parameters'
  | 'job_variables'
> & { schedules: Omit<Schedule, 'id'>[]; limit: number | null };

/** Digits of a digest for each field: enough to see an edit by hand. */
const DIGITS = 4;

/** In the order of their digests; new fields come last. */
const FIELDS: readonly [name: string, value: (content: Content, owned: OwnedNames) => unknown][] = [
  ['entrypoint', ({ entrypoint }) => entrypoint],
  ['description', ({ description }) => description],
  ['version', ({ version }) => version],
  ['pull_steps', ({ pull_steps }) => pull_steps],
  ['parameter_openapi_schema', ({ parameter_openapi_schema: schema }) => schema],
  ['enforce_parameter_schema', ({ enforce_parameter_schema: enforced }) => enforced],
  ['work_pool_name', ({ work_pool_name }) => work_pool_name],
  ['work_queue_name', ({ work_queue_name }) => work_queue_name],
  ['tags', ({ tags }, owned) => owned.tags.filter((tag) => tags.includes(tag))],
  ['parameters', ({ parameters }, owned) => only(parameters, owned.parameters)],
  ['job_variables', ({ job_variables }, owned) => only(job_variables, owned.jobVariables)],
  ['schedules', ({ schedules }, owned) => schedulesOf(schedules, owned)],
  ['concurrency_limit', ({ limit }, owned) => (owned.concurrencyLimit ? limit : null)],
];

/** The digests that a mark keeps of what was written. */
export function writtenDigests(content: Content, owned: OwnedNames): string {
  return FIELDS.map(([, value]) => sha256(canonicalJson(value(content, owned) ?? null)).slice(0, DIGITS)).join('');
}

/**
 * Names of the fields that somebody else changed since they were written.
 *
 * @param wrote as the mark keeps it
 */
export function driftedFields(wrote: string, held: Deployment, owned: OwnedNames): string[] {
  const now = writtenDigests({ ...held, limit: held.global_concurrency_limit?.limit ?? null }, owned);
  const digest = (digests: string, at: number) => digests.slice(at * DIGITS, (at + 1) * DIGITS);
  return FIELDS.flatMap(([name], at) => {
    const before = digest(wrote, at);
    return before !== '' && before !== digest(now, at) ? [name] : [];
  });
}

function only(values: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.flatMap((name) => (name in values ? [[name, values[name]]] : [])));
}

/** Without the switch, which is people's. */
function schedulesOf(held: Content['schedules'], { schedules: slugs, sayings = [] }: OwnedNames): unknown[] {
  return [
    ...slugs.map((slug) => held.find((schedule) => schedule.slug === slug)),
    ...sayings.map((said) => held.find(({ slug, schedule }) => slug === null && saying(schedule) === said)),
  ].map((found) => found && [meaningOf(found.schedule), found.parameters ?? {}, found.max_scheduled_runs ?? null]);
}
