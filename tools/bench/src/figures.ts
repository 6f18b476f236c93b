import type { Measured } from './measure';
import { summary } from './statistics';

/** What a command took; nothing of one that gave up. */
export type Figures = Partial<Omit<Measured, 'output'>>;

/** The columns of {@link timed}. */
export const TIMED = ['s (from - to)', 'ratio', 'CPU s', 'MB'] as const;

/** Medians of one contestant, its time as a ratio to that of `base`; undefined where it has none. */
export function timed(own: readonly Figures[], base: readonly Figures[]): string[] | undefined {
  const wall = summary(values(own.map((each) => each.wall)));
  if (!wall) return undefined;
  const range = `${seconds(wall.median)} (${seconds(wall.min)} - ${seconds(wall.max)})`;
  return [
    range,
    ratio(wall.median, median(base.map((each) => each.wall))),
    show(median(own.map(({ cpu }) => cpu)), seconds),
    show(median(own.map(({ together }) => together)), whole),
  ];
}

export function median(all: readonly (number | undefined)[]): number | undefined {
  return summary(values(all))?.median;
}

/** How tables show a value that may be missing. */
export function show(value: number | undefined, form: (value: number) => string): string {
  return value === undefined ? '' : form(value);
}

export function ratio(value: number, base: number | undefined): string {
  return show(base, (of) => (value / of).toFixed(2));
}

export function seconds(value: number): string {
  return value.toFixed(value < 10 ? 2 : 1);
}

export function whole(value: number): string {
  return Math.round(value).toString();
}

function values(all: readonly (number | undefined)[]): number[] {
  return all.filter((value) => value !== undefined);
}
