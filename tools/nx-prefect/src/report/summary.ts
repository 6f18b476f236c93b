import { grouped } from '../core/grouped';
import { ACTIONS, type Action, type Reported, type ServerFound } from './result';
import { type Row, countsOf, planRowLines, rowLines, rowsOf } from './rows';
import { type Style, coloured, oneLine, wrapped } from './style';

/** What a verb did in one run. */
export interface Run {
  /** Say `register`. */
  verb: string;
  reported: readonly Reported[];
  seconds: number;
}

const WORDS: Partial<Record<Action, string>> = { create: 'to create', update: 'to update' };

/** `1 created, 2 updated, 497 unchanged, 1 failed` */
export function countsText(rows: readonly Row[]): string {
  const counts = countsOf(rows);
  // What went wrong is said last, where it is read.
  const [failed, ...rest] = ACTIONS;
  return [...rest, failed]
    .flatMap((action) => (counts[action] ? [`${counts[action]} ${WORDS[action] ?? action}`] : []))
    .join(', ');
}

/**
 * The end of a run: the counts, the servers, what asks for attention and the warnings. Of flows that are as they should
 * be only the number is said.
 *
 * @param shows which rows are listed beside the failures
 */
export function summaryLines(run: Run, shows: (row: Row) => boolean, style: Style): string[] {
  const rows = rowsOf(run.reported);
  if (rows.length === 0) return [];
  const listed = rows
    .filter((row) => row.action === 'failed' || shows(row))
    .sort((one, other) => ACTIONS.indexOf(one.action) - ACTIONS.indexOf(other.action) || byTitle(one, other));
  const columns = Math.max(9, ...listed.map(({ action }) => action.length));
  return [
    ...(listed.length > 0 ? [''] : []),
    ...listed.flatMap((row) => (run.verb === 'plan' ? planRowLines(row, style) : rowLines(row, style, { columns }))),
    ...warningLines(rows, style),
    '',
    `${run.verb}: ${countsText(rows)} (${run.seconds.toFixed(1)} s)`,
    ...serversOf(run.reported).map((server) => `Server: ${serverText(server)}`),
  ];
}

function byTitle(one: Row, other: Row): number {
  return one.title < other.title ? -1 : 1;
}

export function serverText({ apiUrl, source }: ServerFound): string {
  return `${oneLine(apiUrl)} (from ${source})`;
}

export function serversOf(reported: readonly Reported[]): ServerFound[] {
  const servers = reported.flatMap(({ server }) => server ?? []);
  return [...new Map(servers.map((server) => [serverText(server), server])).values()];
}

/** Sentences that several flows share stand once, with their number. */
export function warningsOf(rows: readonly Row[]): { text: string; titles: string[] }[] {
  const all = rows.flatMap(({ title, notes }) => notes.map((text) => ({ title, text })));
  return [...grouped(all, ({ text }) => text)].map(([text, same]) => ({
    text,
    titles: same.map(({ title }) => title),
  }));
}

function warningLines(rows: readonly Row[], style: Style): string[] {
  const warnings = warningsOf(rows);
  if (warnings.length === 0) return [];
  const of = ({ titles }: { titles: string[] }) => (titles.length === 1 ? titles[0]! : `${titles.length} flows`);
  return [
    '',
    coloured('Warnings and notes:', 'warning', style),
    ...warnings.flatMap((warning) => wrapped(`  ${oneLine(of(warning))}: ${oneLine(warning.text)}`, 4, style)),
  ];
}
