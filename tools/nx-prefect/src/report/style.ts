import { cleanText } from '../core/clean-text';
import type { Action } from './result';

/** How lines look where they are shown. */
export interface Style {
  colours: boolean;
  /** Columns; undefined where there is no terminal, so that no line is broken. */
  width?: number;
}

export const PLAIN: Style = { colours: false };

const COLOURS: Partial<Record<Action | 'dim' | 'warning', number>> = {
  failed: 31,
  created: 32,
  create: 32,
  updated: 33,
  update: 33,
  warning: 33,
  'out of date': 33,
  drifted: 33,
  'never registered': 32,
  'removed from source': 31,
  foreign: 35,
  unchanged: 2,
  dim: 2,
};

/** A text in the colour of an action. What others wrote has to be clean before. */
export function coloured(text: string, action: Action | 'dim' | 'warning', { colours }: Style): string {
  const code = COLOURS[action];
  return colours && code !== undefined ? `\u001b[${code}m${text}\u001b[0m` : text;
}

/** One line of a text that others wrote, without what a terminal would obey. */
export function oneLine(text: string): string {
  return cleanText(text).replace(/\s*\n\s*/g, ' ');
}

/** Breaks a line between words where it is wider than the terminal; the rest goes below, indented. */
export function wrapped(line: string, indent: number, { width }: Style): string[] {
  if (width === undefined || line.length <= width) return [line];
  const lines: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const at = rest.lastIndexOf(' ', width);
    if (at <= indent) break;
    lines.push(rest.slice(0, at));
    rest = `${' '.repeat(indent)}${rest.slice(at + 1).trimStart()}`;
  }
  return [...lines, rest];
}
