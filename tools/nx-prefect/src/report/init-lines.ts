import { oneLine } from './style';

/** A thing that `init` found. */
export interface InitRow {
  /** Its kind: `flow`, `server`. */
  what: string;
  value: string;
  /** Where it was found. */
  from?: string;
}

/** @param rows in the order in which they are shown */
export function foundLines(rows: readonly InitRow[]): string[] {
  const width = Math.max(...rows.map(({ what }) => what.length));
  return [
    'Found',
    ...rows.map(({ what, value, from }) =>
      oneLine(`  ${what.padEnd(width)}  ${value}${from === undefined ? '' : ` (${from})`}`),
    ),
  ];
}

/** @param files that were written; none where all was there already */
export function writtenLines(files: readonly string[]): string[] {
  return ['', files.length === 0 ? 'Nothing to change.' : `Written: ${files.join(', ')}`];
}

/** @param next the command that goes on when these are settled */
export function openLines(open: readonly string[], next: string): string[] {
  return ['', `Still open, then run ${next}`, ...open.map((point) => `  - ${point}`)];
}

/** @param generate the command that writes a flow */
export function noFlowLines(generate: string): string[] {
  return ['', `There is no flow yet. Write one: ${generate}`, 'Flows that lie elsewhere: init --flows="jobs/*.py"'];
}

export function undoneLines({ restored, removed }: { restored: string[]; removed: string[] }): string[] {
  return [
    ...(restored.length > 0 ? [`Put back: ${restored.join(', ')}`] : []),
    ...(removed.length > 0 ? [`Removed: ${removed.join(', ')}`] : []),
    'What was registered stays on the server; where its code lies in .prefect-code/, that folder is still needed.',
  ];
}
