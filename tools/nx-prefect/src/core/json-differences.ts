import { sameJson } from './canonical';
import { isObject } from './is-object';

/** The way to a value: `['deployments', 0, 'fields', 'tags', 1]`. */
export type Path = readonly (string | number)[];

/** The ways to everything in which two JSON values differ: single values, and keys or items that one of them lacks. */
export function differences(one: unknown, other: unknown, path: Path = []): Path[] {
  if (Array.isArray(one) && Array.isArray(other)) {
    const longer = one.length > other.length ? one : other;
    return longer.flatMap((_, at) => differences(one[at], other[at], [...path, at]));
  }
  if (isObject(one) && isObject(other)) {
    const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
    return [...keys].flatMap((key) => differences(one[key], other[key], [...path, key]));
  }
  return one === other ? [] : [path];
}

/** The value at the end of a way; undefined when there is none. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (so, step) => (so !== null && typeof so === 'object' ? (so as Record<string | number, unknown>)[step] : undefined),
    value,
  );
}

/** A copy with other values at the ends of these ways, which exist. */
export function replaced<T>(value: T, replacements: readonly (readonly [Path, unknown])[]): T {
  const copy = structuredClone(value);
  for (const [path, replacement] of replacements) {
    const holder = valueAt(copy, path.slice(0, -1)) as Record<string | number, unknown>;
    holder[path.at(-1) as string | number] = replacement;
  }
  return copy;
}

/** Whether a single value lies at the end of a way in both, and it is the same one. */
export function sameAt(path: Path, one: unknown, other: unknown): boolean {
  return valueAt(one, path) !== undefined && sameJson(valueAt(one, path), valueAt(other, path));
}

/** `deployments[0].schedules[0].schedule.cron`; `fields` is the protocol's word, not the user's. */
export function shown(path: Path): string {
  return path
    .filter((step, at) => !(step === 'fields' && path[0] === 'deployments' && at === 2))
    .reduce<string>(
      (so, step) => (typeof step === 'number' ? `${so}[${step}]` : so === '' ? step : `${so}.${step}`),
      '',
    );
}
