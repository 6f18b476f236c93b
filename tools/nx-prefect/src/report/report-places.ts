import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { FlowError } from '../core/errors';
import { grouped } from '../core/grouped';
import { jsonDocument } from './json-document';
import { markdown } from './markdown';
import type { Reported } from './result';
import type { Run } from './summary';
import { writeWhole } from '../core/write-file';

/** Where the report of a task goes beside the terminal: files from the workspace root, or `true` for stdout. */
export interface ReportPlaces {
  json?: string | true | undefined;
  markdown?: string | undefined;
}

/**
 * Makes the folders and takes away what an earlier run wrote, before the first flow is touched: a run that is killed
 * leaves no older report behind.
 * @throws FlowError `report`
 */
export function clearPlaces(workspaceRoot: string, places: Iterable<ReportPlaces>): void {
  const files = [...places].flatMap(({ json, markdown: file }) => [json, file]);
  for (const file of new Set(files)) {
    if (typeof file !== 'string') continue;
    attempt(file, () => {
      const path = resolve(workspaceRoot, file);
      mkdirSync(dirname(path), { recursive: true });
      rmSync(path, { force: true });
    });
  }
}

/**
 * Writes the documents that tasks asked for, each with the tasks that asked for it.
 * @returns the one for stdout, as one line; undefined where no task asked for it
 * @throws FlowError `report`
 */
export function writeReports(
  workspaceRoot: string,
  run: Run,
  placesOf: (reported: Reported) => ReportPlaces,
): string | undefined {
  const part = (reported: Reported[]): Run => ({ ...run, reported });
  const jsons = grouped(run.reported, (one) => placesOf(one).json);
  for (const [file, reported] of jsons) {
    if (typeof file !== 'string') continue;
    const text = `${JSON.stringify(jsonDocument(part(reported)), null, 2)}\n`;
    attempt(file, () => writeWhole(resolve(workspaceRoot, file), text));
  }
  for (const [file, reported] of grouped(run.reported, (one) => placesOf(one).markdown)) {
    if (file === undefined) continue;
    attempt(file, () => writeWhole(resolve(workspaceRoot, file), markdown(part(reported))));
  }
  const forStdout = jsons.get(true);
  return forStdout && JSON.stringify(jsonDocument(part(forStdout)));
}

/** The summary of a step that GitHub Actions shows on the page of the run. */
export function writeStepSummary(run: Run, env: NodeJS.ProcessEnv): void {
  const file = env['GITHUB_STEP_SUMMARY'];
  if (file) attempt(file, () => appendFileSync(file, `${markdown(run)}\n`));
}

function attempt(file: string, action: () => void): void {
  try {
    action();
  } catch (cause) {
    throw new FlowError({
      code: 'report',
      file,
      what: `The report can't be written (${(cause as Error).message}).`,
      next: 'Correct the option "json" or "markdown".',
      cause,
    });
  }
}
