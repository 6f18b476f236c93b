import { isObject } from '../core/is-object';

/**
 * Values that the clock gave while a flow was loaded: the start of a schedule, a default of "today". A manifest holds
 * a mark instead of each, so that it is the same at any time; the values of the build lie beside it. What a server
 * holds in such a place stays as it is, so no later build ever causes a write.
 */
const MARK = 'nx-prefect.clock';

interface Mark {
  /** Place of the value in the list of the build. */
  [MARK]: number;
  /** A text without what the clock gave: `DTSTART…\nRRULE:FREQ=DAILY`. */
  text?: string;
}

const GAP = '…';

/** A number with what belongs to a date around it, a word, or any other character. */
const PARTS = /[\d:+\-./TZ]*\d[\d:+\-./TZ]*|\p{L}+|./gsu;

/** @param one @param other values of one place at two times */
export function markOf(place: number, one: unknown, other: unknown): object {
  const text = typeof one === 'string' && typeof other === 'string' ? common(one, other) : undefined;
  return { [MARK]: place, ...(text === undefined ? {} : { text }) } satisfies Mark;
}

/** The text with a gap for each part that differs; undefined when the two are not built alike. */
function common(one: string, other: string): string | undefined {
  const [left, right] = [one.match(PARTS) ?? [], other.match(PARTS) ?? []];
  if (left.length !== right.length) return undefined;
  return left.map((part, at) => (part === right[at] ? part : GAP)).join('');
}

/**
 * Fills marks with what the server holds there, and where it holds nothing of the kind, with the values of the build.
 * @param held what the server holds in the place of `wanted`; lists are matched by `slug` or `name`, else by place
 */
export function settled<T>(wanted: T, held: unknown, values: readonly unknown[] = []): T {
  if (isMark(wanted)) {
    const value = values[wanted[MARK]];
    return (fits(held, value, wanted.text) ? held : value) as T;
  }
  if (Array.isArray(wanted)) return wanted.map((item, at) => settled(item, counterpart(item, at, held), values)) as T;
  if (!isObject(wanted)) return wanted;
  return Object.fromEntries(
    Object.entries(wanted).map(([key, item]) => [key, settled(item, isObject(held) ? held[key] : undefined, values)]),
  ) as T;
}

export function isMark(value: unknown): value is Mark {
  return isObject(value) && typeof value[MARK] === 'number';
}

function fits(held: unknown, value: unknown, text: string | undefined): boolean {
  if (typeof held !== typeof value || held === null) return false;
  if (typeof held !== 'string' || text === undefined) return true;
  const pattern = text
    .split(GAP)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.+?');
  return new RegExp(`^${pattern}$`, 's').test(held);
}

function counterpart(item: unknown, at: number, held: unknown): unknown {
  if (!Array.isArray(held)) return undefined;
  for (const key of ['slug', 'name']) {
    if (isObject(item) && typeof item[key] === 'string') {
      return held.find((other) => isObject(other) && other[key] === item[key]);
    }
  }
  return held[at];
}
