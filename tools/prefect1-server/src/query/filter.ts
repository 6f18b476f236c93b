import type { AnyRow, Json } from '../data/tables';

/** SQL's three values: a comparison with NULL is neither true nor false, and selects nothing. */
type Truth = boolean | null;
/** Follows a relation of a row; undefined for a column. */
export type Follow = (row: AnyRow, name: string) => { rows: AnyRow[]; follow: Follow } | undefined;

type Where = Record<string, unknown>;

/** Whether a row fits a `where` as Hasura reads it. */
export function fits(where: Where, row: AnyRow, follow: Follow): boolean {
  return truth(where, row, follow) === true;
}

/**
 * With HASURA_GRAPHQL_V1_BOOLEAN_NULL_COLLAPSE, as Prefect Server runs Hasura (its docker-compose.yml): what is
 * compared with a null literal is true. `prefect get flows` relies on it for every filter that was not given.
 */
function truth(where: Where | null | undefined, row: AnyRow, follow: Follow): Truth {
  return every(
    Object.entries(where ?? {}).map(([name, condition]) => {
      if (condition == null) return true;
      if (name === '_and') return every((condition as Where[]).map((part) => truth(part, row, follow)));
      if (name === '_or') return some((condition as Where[]).map((part) => truth(part, row, follow)));
      if (name === '_not') return not(truth(condition as Where, row, follow));
      const others = follow(row, name);
      if (others) return others.rows.some((other) => fits(condition as Where, other, others.follow));
      return every(
        Object.entries(condition).map(([operator, value]) => compare(operator, row[name] ?? null, value as Json)),
      );
    }),
  );
}

function compare(operator: string, column: Json, value: Json): Truth {
  if (value === null) return true;
  if (operator === '_is_null') return (column === null) === value;
  if (column === null) return null;
  switch (operator) {
    case '_eq':
      return equal(column, value);
    case '_neq':
      return !equal(column, value);
    case '_in':
      return (value as Json[]).some((one) => equal(column, one));
    case '_nin':
      return !(value as Json[]).some((one) => equal(column, one));
    case '_gt':
      return column > value;
    case '_gte':
      return column >= value;
    case '_lt':
      return column < value;
    case '_lte':
      return column <= value;
    case '_like':
      return like(String(value), '').test(String(column));
    case '_ilike':
      return like(String(value), 'i').test(String(column));
    default:
      throw new Error(`prefect1-server doesn't know the operator ${operator}.`);
  }
}

/** SQL's pattern: % for any text, _ for one character. */
function like(pattern: string, flags: string): RegExp {
  const source = pattern
    .replace(/[$()*+.?[\\\]^{|}]/g, '\\$&')
    .replaceAll('%', '.*')
    .replaceAll('_', '.');
  return new RegExp(`^${source}$`, `${flags}s`);
}

/** JSON values are equal whatever the order of their keys. */
function equal(one: Json, other: Json): boolean {
  return one === other || (typeof one === 'object' && canonical(one) === canonical(other));
}

function canonical(value: Json): string {
  return JSON.stringify(value, (_, part: Json) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

function every(parts: Truth[]): Truth {
  if (parts.includes(false)) return false;
  return parts.includes(null) ? null : true;
}

function some(parts: Truth[]): Truth {
  if (parts.includes(true)) return true;
  return parts.includes(null) ? null : false;
}

function not(part: Truth): Truth {
  return part === null ? null : !part;
}
