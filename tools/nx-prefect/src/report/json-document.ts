import { failureOf } from '../core/errors';
import { countsOf, rowsOf } from './rows';
import { type Run, serversOf } from './summary';

/** Rises when a field goes away or changes its meaning; new fields may come at any time. */
const SCHEMA_VERSION = 1;

/** One document for programs: what the option `json` asks for. */
export function jsonDocument({ verb, reported, seconds }: Run): Record<string, unknown> {
  const rows = rowsOf(reported);
  return {
    schemaVersion: SCHEMA_VERSION,
    verb,
    seconds: Number(seconds.toFixed(1)),
    servers: serversOf(reported),
    counts: countsOf(rows),
    results: rows.map(({ flow, title, action, url, fields, details, changes, isDrift, held, notes, error }) => ({
      flow,
      registration: title,
      action,
      url: url ?? null,
      fields,
      details: details ?? [],
      changes: (changes ?? []).map(({ field, before, after }) => ({
        field,
        before: before ?? null,
        after: after ?? null,
      })),
      drift: isDrift ?? null,
      held: held ?? null,
      notes,
      error: error === undefined ? null : errorOf(error),
    })),
  };
}

function errorOf(error: unknown): Record<string, unknown> {
  const { code, what, next, place } = failureOf(error);
  return { code, what, next, file: place.file ?? null, line: place.line ?? null };
}
