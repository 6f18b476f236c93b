import { randomUUID } from 'node:crypto';
import type { DataFile } from './file';
import { Rows } from './rows';
import { type AnyRow, type Json, type Row, TABLE_NAMES, TABLES, type TableName, tableOf } from './tables';

/** One row of one table: its new fields, or null when it is gone. */
export type Change = readonly [table: TableName, id: string, fields: Record<string, Json> | null];

type Fields<T extends TableName> = Partial<Row<T>>;
type Generated = 'id' | 'created' | 'updated';
/** What must be said of a new row: every column that is NOT NULL. */
type NewRow<T extends TableName> = Partial<Row<T>> & {
  [C in keyof Row<T> as null extends Row<T>[C] ? never : C extends Generated ? never : C]: Row<T>[C];
};

/** The rows of all tables, in memory; what a transaction changed is in the file before it returns. */
export class Store {
  private tables = emptyTables();
  private changes: Change[] = [];
  private undos: (() => void)[] = [];
  private lastTime = 0;

  constructor(private readonly file?: DataFile) {}

  /**
   * Reads the file when it is not as this store left it: at the start, and when somebody put a copy back, or removed
   * it.
   */
  refresh(): boolean {
    if (!this.file?.changed()) return false;
    this.tables = emptyTables();
    for (const change of this.file?.read() ?? []) this.write(change);
    return true;
  }

  all<T extends TableName>(table: T): Row<T>[] {
    return this.tables[table].all() as Row<T>[];
  }

  get<T extends TableName>(table: T, id: string): Row<T> | undefined {
    return this.tables[table].get(id) as Row<T> | undefined;
  }

  where<T extends TableName>(table: T, fields: Fields<T>): Row<T>[] {
    return this.tables[table].where(fields as Record<string, Json>) as Row<T>[];
  }

  /**
   * Throws the real server's words when a unique or foreign key is violated (src/prefect_server/database/hasura.py).
   */
  insert<T extends TableName>(table: T, fields: NewRow<T> & { id?: string }): string {
    const time = this.now();
    const empty = Object.fromEntries(Object.keys(TABLES[table].columns).map((column) => [column, null]));
    const row: AnyRow = {
      ...empty,
      id: randomUUID(),
      created: time,
      updated: time,
      ...(fields as Record<string, Json>),
    };
    this.check(table, row);
    this.apply([table, row.id, row]);
    return row.id;
  }

  /** False when there is no such row. */
  update<T extends TableName>(table: T, id: string, fields: Fields<T>): boolean {
    const row = this.tables[table].get(id);
    if (!row) return false;
    this.check(table, { ...row, ...(fields as Record<string, Json>) });
    this.apply([table, id, { ...(fields as Record<string, Json>), updated: this.now() }]);
    return true;
  }

  /** With every row that refers to it, as the database's foreign keys say. False when there is no such row. */
  delete(table: TableName, id: string): boolean {
    if (!this.tables[table].get(id)) return false;
    for (const other of TABLE_NAMES) {
      for (const { table: target, by } of Object.values(tableOf(other).one)) {
        if (target === table) for (const row of this.tables[other].where({ [by]: id })) this.delete(other, row.id);
      }
    }
    this.apply([table, id, null]);
    return true;
  }

  /** All of it or nothing. */
  transaction<T>(work: () => T): T {
    try {
      const result = work();
      if (this.changes.length > 0) this.file?.append(this.changes);
      return result;
    } catch (error) {
      for (const undo of this.undos.toReversed()) undo();
      throw error;
    } finally {
      this.changes = [];
      this.undos = [];
    }
  }

  /** Now, and never the same twice: versions are ordered by it. In microseconds, as PostgreSQL's. */
  now(): string {
    this.lastTime = Math.max(Date.now() * 1000, this.lastTime + 1);
    const micros = String(this.lastTime % 1000).padStart(3, '0');
    return new Date(Math.floor(this.lastTime / 1000)).toISOString().replace('Z', `${micros}+00:00`);
  }

  private apply(change: Change): void {
    const [table, id] = change;
    const before = this.tables[table].get(id);
    this.undos.push(() => (before ? this.tables[table].put(before) : this.tables[table].remove(id)));
    this.changes.push(change);
    this.write(change);
  }

  private write([table, id, fields]: Change): void {
    if (fields === null) this.tables[table].remove(id);
    else this.tables[table].put({ ...this.tables[table].get(id), ...fields, id });
  }

  private check(table: TableName, row: AnyRow): void {
    const { one, unique = [] } = tableOf(table);
    for (const { table: target, by } of Object.values(one)) {
      const id = row[by];
      if (typeof id === 'string' && !this.tables[target as TableName].get(id))
        throw new Error('Foreign key violation.');
    }
    for (const columns of unique) {
      const same = this.tables[table].where(Object.fromEntries(columns.map((column) => [column, row[column] ?? null])));
      if (same.some(({ id }) => id !== row.id)) throw new Error('Uniqueness violation.');
    }
  }
}

function emptyTables(): Record<TableName, Rows> {
  return Object.fromEntries(TABLE_NAMES.map((name) => [name, new Rows(name)])) as Record<TableName, Rows>;
}
