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

/** Columns of the action. */
const ACTION = 9;
const INDENT = 2 + ACTION + 2;

/** One row of the report: what became of it, its name, what differs or what went wrong, its page. */
export function rowLines(row: Row, style: Style, before = ''): string[] {
  const { action, title, url } = row;
  const words = [oneLine(title), detailOf(row), url].filter(Boolean).join('  ');
  const [first = '', ...rest] = wrapped(`${before}  ${action.padEnd(ACTION)}  ${words}`, before.length + INDENT, style);
  const at = before.length + 2;
  return [
    `${first.slice(0, at)}${coloured(first.slice(at, at + ACTION), action, style)}${first.slice(at + ACTION)}`,
    ...rest,
  ];
}

/** The row of a plan, with what would differ below it. */
export function planRowLines(row: Row, style: Style): string[] {
  const indent = ' '.repeat(INDENT);
  const below = (row.changes ?? []).flatMap(changeLines);
  return [...rowLines(row, style), ...below.flatMap((line) => wrapped(`${indent}${line}`, INDENT + 2, style))];
}

/** In failures the code and the place: Nx shows what else is said of them with their task. */
function detailOf({ action, error, fields, flow, title }: Row): string {
  if (error !== undefined || action === 'failed') {
    const { code, place } = failureOf(error);
    const at = place.file && (place.line ? `${place.file}:${place.line}` : place.file);
    return [code, flow === title ? undefined : flow, at]
      .filter(Boolean)
      .map((text) => oneLine(text!))
      .join('  ');
  }
  return fields.map(oneLine).join(', ');
}

export function countsOf(rows: readonly { action: Action }[]): Partial<Record<Action, number>> {
  const counts: Partial<Record<Action, number>> = {};
  for (const { action } of rows) counts[action] = (counts[action] ?? 0) + 1;
  return counts;
}
