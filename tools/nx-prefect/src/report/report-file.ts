import { appendFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { FlowError } from '../core/errors';
import type { RegisterOptions } from '../options/register-options';
import type { Result } from './result';

interface Flow {
  /** Nx project. */
  flow: string;
  options: Pick<RegisterOptions, 'report'>;
}

/** Appends to the file of the option `report`: one JSON object a line. @throws FlowError `report` */
export function appendReport(workspaceRoot: string, { options, flow }: Flow, registered: Result[]): void {
  if (options.report === undefined) return;
  const lines = registered.map(
    ({ title, action, url }) => `${JSON.stringify({ flow, action, deployment: title, url: url ?? null })}\n`,
  );
  const file = resolve(workspaceRoot, options.report);
  try {
    appendFileSync(file, lines.join(''));
  } catch (cause) {
    throw new FlowError({
      code: 'report',
      flow,
      file: options.report,
      what: `The report can't be written (${(cause as Error).message}); the flow is registered.`,
      next: 'Correct the option "report".',
      cause,
    });
  }
}
