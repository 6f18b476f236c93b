import { type AnyRow, type Json, type TableName, tableOf } from './tables';

/** The rows of one table, with an index on each column by which rows are looked up. */
export class Rows {
  private readonly rows = new Map<string, AnyRow>();
  private readonly indexes: Map<string, Map<Json, Set<string>>>;

  constructor(table: TableName) {
    const { one, unique = [], indexed = [] } = tableOf(table);
    const columns = [...Object.values(one).map(({ by }) => by), ...unique.flat(), ...indexed];
    this.indexes = new Map(columns.map((column) => [column, new Map<Json, Set<string>>()]));
  }

  get(id: string): AnyRow | undefined {
    return this.rows.get(id);
  }

  all(): AnyRow[] {
    return [...this.rows.values()];
  }

  where(fields: Record<string, Json>): AnyRow[] {
    const wanted = Object.entries(fields);
    return this.candidates(wanted).filter((row) => wanted.every(([column, value]) => row[column] === value));
  }

  put(row: AnyRow): void {
    const before = this.rows.get(row.id);
    for (const [column, index] of this.indexes) {
      const value = row[column] ?? null;
      if (before && before[column] === value) continue;
      if (before) index.get(before[column] ?? null)?.delete(row.id);
      const ids = index.get(value) ?? new Set();
      index.set(value, ids.add(row.id));
    }
    this.rows.set(row.id, row);
  }

  remove(id: string): void {
    const row = this.rows.get(id);
    if (!row) return;
    for (const [column, index] of this.indexes) index.get(row[column] ?? null)?.delete(id);
    this.rows.delete(id);
  }

  /** The shortest list that an index has for them, else all rows. */
  private candidates(wanted: [string, Json][]): AnyRow[] {
    const lists = wanted.flatMap(([column, value]) =>
      this.indexes.has(column) ? [this.indexes.get(column)?.get(value) ?? new Set<string>()] : [],
    );
    const [shortest] = lists.sort((a, b) => a.size - b.size);
    return shortest ? [...shortest].flatMap((id) => this.rows.get(id) ?? []) : this.all();
  }
}
