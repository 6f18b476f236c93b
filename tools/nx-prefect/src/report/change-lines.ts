import { lineDiff } from '../core/line-diff';
import { type ValueChange, valueChanges } from '../core/value-changes';
import type { Change } from '../engines/shown-change';
import { oneLine } from './style';

/** Values of one field that are listed; a report as JSON has all. */
const VALUES = 12;
/** Characters of a value, and lines of a text, that are shown. */
const LONGEST = 120;
const LINES = 20;

/** What differs in one field: `description: "old" -> "new"`, long texts as a diff. */
export function changeLines({ field, before, after }: Change): string[] {
  const values = valueChanges(before, after);
  const lines = values.slice(0, VALUES).flatMap((value) => valueLines(field, value));
  const more = values.length - VALUES;
  return more > 0 ? [...lines, `${field}: and ${more} more values`] : lines;
}

function valueLines(field: string, { at, before, after }: ValueChange): string[] {
  const name = oneLine(at === '' ? field : at.startsWith('[') ? `${field}${at}` : `${field}.${at}`);
  if (isText(before) && isText(after) && `${before}${after}`.includes('\n')) {
    const lines = lineDiff(before, after);
    const more = lines.length - LINES;
    const shown = lines.slice(0, LINES).map((line) => `  ${oneLine(line)}`.trimEnd());
    return [`${name}:`, ...shown, ...(more > 0 ? [`  and ${more} more lines`] : [])];
  }
  if (before === undefined) return [`${name}: + ${valueText(after)}`];
  if (after === undefined) return [`${name}: - ${valueText(before)}`];
  return [`${name}: ${valueText(before)} -> ${valueText(after)}`];
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function valueText(value: unknown): string {
  const text = oneLine(JSON.stringify(value) ?? 'nothing');
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}... (${text.length} characters)` : text;
}
