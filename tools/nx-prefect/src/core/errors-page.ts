import { ERROR_CODES } from './error-codes';

/** The text of docs/reference/errors.md: `npm run schemas` writes it. */
export function errorsPage(): string {
  const entries = Object.entries(ERROR_CODES).sort(([one], [other]) => (one < other ? -1 : 1));
  return [
    '<!-- Written by `npm run schemas -w nx-prefect` from tools/nx-prefect/src/core/error-codes: edit it there. -->',
    '# Error codes',
    'Every error ends with its code in brackets: `project_1-flow1 flows/project_1/flow1/flow.py:12: what happened. ' +
      'What to do next. [import-failed]`. The codes are stable, so scripts and searches can rely on them. ' +
      'Add `--verbose` for the whole Python traceback. More: [troubleshooting](../troubleshooting.md).',
    ...entries.map(([code, { cause, remedy }]) => `## ${code}\n\n**Cause**: ${cause}\n\n**Remedy**: ${remedy}`),
  ]
    .join('\n\n')
    .concat('\n');
}
