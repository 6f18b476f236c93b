import { canonicalJson, sameJson, sha256 } from '../../core/canonical';
import type { Schedule } from './rest-types';
import { isSameSchedule, meaningOf } from './schedules';
import type { WantedSchedule } from './wanted-deployments';

/** Names of the schedules that a registration owned. One without a slug is known by what it says. */
export interface OwnedSchedules {
  slugs: string[];
  /** {@link saying} of each one without a slug, in their order. */
  sayings: string[];
}

export interface HeldSchedules {
  held: Schedule[];
  /** Of the last registration. */
  before: OwnedSchedules;
  /** Another tool deployed after that: `prefect deploy` replaces all schedules without a slug. */
  deployedOver: boolean;
}

export function ownedOf(wanted: WantedSchedule[]): OwnedSchedules {
  return {
    slugs: wanted.flatMap(({ slug }) => slug ?? []).sort(),
    sayings: wanted.filter(({ slug }) => slug === null).map(({ schedule }) => saying(schedule)),
  };
}

/** What source wants, under the switches that people gave, and beside it what people added. */
export function mergedSchedules(wanted: WantedSchedule[], server: HeldSchedules): Schedule[] {
  const owned = ownedAmong(server);
  const matches = matched(wanted, server, owned);
  const kept = server.held.filter((other) => !matches.includes(other) && !owned.includes(other));
  return [
    // A request with what the server adds to a schedule (id, created ...) is refused.
    ...kept.map(sentSchedule),
    ...wanted.map((schedule, at) => ({
      slug: schedule.slug,
      // The switch is people's: source gives only its first position.
      active: matches[at]?.active ?? schedule.active ?? true,
      schedule: scheduleBody(schedule, matches[at]),
      parameters: schedule.parameters ?? {},
      max_scheduled_runs: schedule.max_scheduled_runs ?? null,
    })),
  ];
}

export function sentSchedule({ slug, active, schedule, parameters, max_scheduled_runs }: Schedule): Schedule {
  return { slug, active, schedule, parameters, max_scheduled_runs };
}

export function sameSchedules(merged: Schedule[], held: Schedule[]): boolean {
  const left = new Set(held);
  return (
    merged.length === held.length &&
    merged.every((schedule) => {
      const same = [...left].find((other) => isSame(schedule, other));
      return same !== undefined && left.delete(same);
    })
  );
}

function isSame(schedule: Schedule, other: Schedule): boolean {
  return (
    other.slug === schedule.slug &&
    other.active === schedule.active &&
    isSameSchedule(schedule.schedule, other.schedule) &&
    sameJson(other.parameters, schedule.parameters) &&
    other.max_scheduled_runs === schedule.max_scheduled_runs
  );
}

/**
 * Which held schedules are not people's. As many without a slug as ours are missing stand in their place: somebody
 * edited ours.
 */
function ownedAmong({ held, before, deployedOver }: HeldSchedules): Schedule[] {
  const named = held.filter(({ slug }) => slug !== null && before.slugs.includes(slug));
  const unnamed = held.filter(({ slug }) => slug === null);
  if (deployedOver) return [...named, ...unnamed];
  const missing = [...before.sayings];
  const said = unnamed.filter(({ schedule }) => {
    const at = missing.indexOf(saying(schedule));
    return at >= 0 && missing.splice(at, 1);
  });
  const edited = unnamed.filter((other) => !said.includes(other)).slice(0, missing.length);
  return [...named, ...said, ...edited];
}

/**
 * Which held schedule each wanted one is: by its slug, or the one that it `replaces`; else by what it says; one without
 * a slug at last by its place, so that an edited cron stays the same schedule.
 */
function matched(wanted: WantedSchedule[], { held, before }: HeldSchedules, owned: Schedule[]) {
  const free = new Set(held);
  const take = (test: (other: Schedule) => boolean): Schedule | undefined => {
    const found = [...free].find(test);
    if (found) free.delete(found);
    return found;
  };
  const named = wanted.map(({ slug, replaces }) =>
    slug === null
      ? undefined
      : (take((other) => other.slug === slug) ?? take((other) => replaces !== undefined && other.slug === replaces)),
  );
  const same = wanted.map(
    ({ schedule }, at) =>
      named[at] ??
      take((other) => (other.slug === null || owned.includes(other)) && isSameSchedule(schedule, other.schedule)),
  );
  const places = wanted.filter(({ slug }) => slug === null);
  return wanted.map((item, at) => {
    if (same[at] || item.slug !== null) return same[at];
    const earlier = before.sayings[places.indexOf(item)];
    return (
      take((other) => other.slug === null && saying(other.schedule) === earlier) ??
      take((other) => owned.includes(other) && !isKnown(other, before))
    );
  });
}

/** Whether it is as the last registration left it. */
function isKnown({ slug, schedule }: Schedule, { sayings }: OwnedSchedules): boolean {
  return slug !== null || sayings.includes(saying(schedule));
}

/** An interval without an anchor is anchored by the server when it is created; an unchanged one keeps its anchor. */
function scheduleBody(wanted: WantedSchedule, held: Schedule | undefined): Record<string, unknown> {
  return held && isSameSchedule(wanted.schedule, held.schedule) ? held.schedule : wanted.schedule;
}

/** Short, since each run carries a copy of the label that holds it. */
export function saying(schedule: Record<string, unknown>): string {
  return sha256(canonicalJson(meaningOf(schedule))).slice(0, 8);
}
