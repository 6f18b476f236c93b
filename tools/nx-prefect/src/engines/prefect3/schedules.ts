import { sameJson } from '../../core/canonical';

type ScheduleBody = Record<string, unknown>;

/**
 * Whether the server holds a schedule that means what is wanted. What source leaves out has the server's default
 * (timezone UTC, which the server also returns as null; day_or true); an interval without an anchor or a timezone gets
 * them when it is created, and then they are not source's.
 */
export function isSameSchedule(wanted: ScheduleBody, held: ScheduleBody): boolean {
  const [expected, actual] = [normalized(wanted), normalized(anchoredLike(wanted, held))];
  return (
    kind(wanted) === kind(held) && Object.entries(expected).every(([name, value]) => sameJson(value, actual[name]))
  );
}

/** What a schedule means, the same before and after the server has anchored it. */
export function meaningOf(schedule: ScheduleBody): ScheduleBody {
  const { anchor_date: _anchor, ...meaning } = normalized(anchoredLike({}, schedule));
  return meaning;
}

function kind(schedule: ScheduleBody): string | undefined {
  return ['cron', 'interval', 'rrule'].find((name) => schedule[name] != null);
}

function normalized({ cron, interval, rrule, timezone, day_or, anchor_date }: ScheduleBody): ScheduleBody {
  if (cron != null) return { cron, timezone: timezone ?? 'UTC', day_or: day_or ?? true };
  if (rrule != null) return { rrule, timezone: timezone ?? 'UTC' };
  return {
    interval: Number(interval),
    timezone: timezone ?? 'UTC',
    ...(anchor_date == null ? {} : { anchor_date: instant(String(anchor_date)) }),
  };
}

/** Milliseconds; a date without an offset is UTC, as the server takes it. */
function instant(text: string): number {
  const date = text.replace(' ', 'T');
  return Date.parse(/(Z|[+-]\d{2}:?\d{2})$/.test(date) || !date.includes('T') ? date : `${date}Z`);
}

/** The server gives a rule without DTSTART one of its own, a recent one for rules by the minute: not source's. */
function anchoredLike(wanted: ScheduleBody, held: ScheduleBody): ScheduleBody {
  if (typeof held['rrule'] !== 'string' || /DTSTART/i.test(String(wanted['rrule']))) return held;
  return { ...held, rrule: held['rrule'].replace(/^DTSTART:\d{8}T\d{6}\n/, '') };
}
