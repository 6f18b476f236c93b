import { failureOf } from '../core/errors';
import { changeLines } from './change-lines';
import type { Action, Reported, Result } from './result';
import { type Style, coloured, oneLine, wrapped } from './style';

export interface Row extends Result {
  /** Nx project. */
  flow: string;
}

export function rowsOf(reported: Iterable<Reported>): Row[] {
  return [...reported].flatMap(({ flow, results }) => results.map((result) => ({ ...result, flow })));
}

/** Columns of the action, at least. */
const ACTION = 9;

/** One row of the report: what became of it, its name, what differs or what went wrong, its page. */
export function rowLines(row: Row, style: Style, { before = '', columns = ACTION } = {}): string[] {
  const { action, title, url } = row;
  const words = [oneLine(title), detailOf(row), heldText(row), url].filter(Boolean).join('  ');
  const [first = '', ...rest] = wrapped(
    `${before}  ${action.padEnd(columns)}  ${words}`,
    before.length + columns + 4,
    style,
  );
  const at = before.length + 2;
  return [
    `${first.slice(0, at)}${coloured(first.slice(at, at + columns), action, style)}${first.slice(at + columns)}`,
    ...rest,
  ];
}

/** The row of a plan, with what would differ below it. */
export function planRowLines(row: Row, style: Style): string[] {
  const indent = ' '.repeat(ACTION + 4);
  const below = (row.changes ?? []).flatMap(changeLines);
  return [...rowLines(row, style), ...below.flatMap((line) => wrapped(`${indent}${line}`, indent.length + 2, style))];
}

/** In failures the code and the place: Nx shows what else is said of them with their task. */
function detailOf({ action, error, fields, details = [], flow, title }: Row): string {
  if (error !== undefined || action === 'failed') {
    const { code, place } = failureOf(error);
    const at = place.file && (place.line ? `${place.file}:${place.line}` : place.file);
    return [code, flow === title ? undefined : flow, at]
      .filter(Boolean)
      .map((text) => oneLine(text!))
      .join('  ');
  }
  return [fields.map(oneLine).join(', '), ...details.map(oneLine)].filter(Boolean).join('  ');
}

/** What the server says besides, where it asks for attention. */
function heldText({ held }: Row): string {
  if (held === undefined) return '';
  const { isPaused, schedules, lastRun } = held;
  const off = schedules.all - schedules.active;
  return [
    isPaused ? 'paused' : '',
    off > 0 ? `${off} of ${schedules.all} schedules switched off` : '',
    lastRun ? `last run ${oneLine(lastRun.state)} ${oneLine(lastRun.at.slice(0, 16))}` : '',
  ]
    .filter(Boolean)
    .join(', ');
}

export function countsOf(rows: readonly { action: Action }[]): Partial<Record<Action, number>> {
  const counts: Partial<Record<Action, number>> = {};
  for (const { action } of rows) counts[action] = (counts[action] ?? 0) + 1;
  return counts;
}
