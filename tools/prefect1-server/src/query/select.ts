import type { Store } from '../data/store';
import { type AnyRow, type Json, type TableName, tableOf } from '../data/tables';
import { fits, type Follow } from './filter';

/** The arguments of a table's field, as Hasura names them. */
export interface Selection {
  where?: Record<string, unknown> | null;
  order_by?: readonly OrderBy[] | null;
  distinct_on?: readonly string[] | null;
  limit?: number | null;
  offset?: number | null;
}
interface OrderBy {
  [name: string]: string | OrderBy | null;
}

export function select(
  store: Store,
  table: TableName,
  selection: Selection,
  from: AnyRow[] = store.all(table),
): AnyRow[] {
  const { where, order_by: orderBy, distinct_on: distinctOn, limit, offset } = selection;
  const rows = where ? from.filter((row) => fits(where, row, relations(store, table))) : [...from];
  const order = sortKeys(orderBy ?? [], distinctOn ?? []);
  rows.sort(
    (a, b) =>
      order.map((key) => key.compare(key.of(store, table, a), key.of(store, table, b))).find((sign) => sign !== 0) ?? 0,
  );
  const start = offset ?? 0;
  return distinct(rows, distinctOn ?? []).slice(start, limit == null ? undefined : start + limit);
}

/** Rows that a relation of a row leads to, or undefined when it is no relation. */
export function follow(
  store: Store,
  table: TableName,
  row: AnyRow,
  name: string,
): { table: TableName; rows: AnyRow[]; many: boolean } | undefined {
  const { one, many } = tableOf(table);
  const single = one[name];
  if (single) {
    const other = single.table as TableName;
    const id = row[single.by];
    const found = typeof id === 'string' ? store.get(other, id) : undefined;
    return { table: other, rows: found ? [found as AnyRow] : [], many: false };
  }
  const several = many[name];
  if (!several) return undefined;
  const other = several.table as TableName;
  return { table: other, rows: store.where(other, { [several.by]: row.id }), many: true };
}

function relations(store: Store, table: TableName): Follow {
  return (row, name) => {
    const found = follow(store, table, row, name);
    return found && { rows: found.rows, follow: relations(store, found.table) };
  };
}

interface SortKey {
  of(store: Store, table: TableName, row: AnyRow): Json;
  compare(a: Json, b: Json): number;
}

/**
 * The columns of DISTINCT ON come first, as PostgreSQL asks for. Within one `{a: asc, b: desc}` the order is that of
 * the table's columns: GraphQL doesn't order an object's fields; a list of objects is ordered.
 */
function sortKeys(orderBy: readonly OrderBy[], distinctOn: readonly string[]): SortKey[] {
  const keys = orderBy.flatMap((part) => Object.entries(part));
  const rank = ([name]: [string, unknown]) =>
    distinctOn.includes(name) ? distinctOn.indexOf(name) : distinctOn.length;
  return keys.sort((a, b) => rank(a) - rank(b)).flatMap(([name, direction]) => sortKey(name, direction));
}

function sortKey(name: string, direction: string | OrderBy | null): SortKey[] {
  if (direction === null) return [];
  if (typeof direction === 'string')
    return [{ of: (_store, _table, row) => row[name] ?? null, compare: comparison(direction) }];
  return sortKeys([direction], []).map((key) => ({
    of: (store, table, row) => {
      const found = follow(store, table, row, name);
      const [other] = found?.rows ?? [];
      return found && other ? key.of(store, found.table, other) : null;
    },
    compare: key.compare,
  }));
}

/** `asc`, `desc`, with `_nulls_first` or `_nulls_last`; PostgreSQL takes a NULL for the greatest value. */
function comparison(direction: string): (a: Json, b: Json) => number {
  const sign = direction.startsWith('desc') ? -1 : 1;
  const nulls = direction.endsWith('nulls_first') ? -1 : direction.endsWith('nulls_last') ? 1 : sign;
  return (a, b) => {
    if (a === null || b === null) return a === b ? 0 : a === null ? nulls : -nulls;
    return a === b ? 0 : a < b ? -sign : sign;
  };
}

function distinct(rows: AnyRow[], columns: readonly string[]): AnyRow[] {
  if (columns.length === 0) return rows;
  const seen = new Set<string>();
  return rows.filter((row) => {
    const key = JSON.stringify(columns.map((column) => row[column]));
    return !seen.has(key) && seen.add(key);
  });
}
