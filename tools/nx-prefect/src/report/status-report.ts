import { type ReportPlaces, clearPlaces, writeReports } from './report-places';
import type { Row } from './rows';
import { type Run, summaryLines } from './summary';
import { show, terminalStyle } from './terminal';

/** The table of `status`, and the documents that were asked for. */
export function showStatus(workspaceRoot: string, run: Run, places: ReportPlaces): void {
  showRun(workspaceRoot, run, places, asksForAttention);
}

/** The same for a verb whose every row is of interest. */
export function showAll(workspaceRoot: string, run: Run, places: ReportPlaces): void {
  showRun(workspaceRoot, run, places, () => true);
}

function showRun(workspaceRoot: string, run: Run, places: ReportPlaces, lists: (row: Row) => boolean): void {
  clearPlaces(workspaceRoot, [places]);
  const document = writeReports(workspaceRoot, run, () => places);
  show(document === undefined ? summaryLines(run, lists, terminalStyle()) : [document]);
}

/** What is as it should be is only counted. */
export function asksForAttention({ action, held }: Row): boolean {
  if (action !== 'in sync') return true;
  const { isPaused, schedules, lastRun } = held ?? {};
  const isOff = schedules !== undefined && schedules.active < schedules.all;
  return isPaused === true || isOff || /^(failed|crashed|timedout|cancelled)$/i.test(lastRun?.state ?? '');
}
