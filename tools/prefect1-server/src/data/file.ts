import { appendFileSync, mkdirSync, readFileSync, renameSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Change } from './store';
import { isTable } from './tables';

const HEADER = JSON.stringify({ file: 'prefect1-server', format: 1 });

/**
 * A text file, one line a transaction: JSON of its changes. A line counts when it is whole, so a killed server leaves
 * what it had answered, and a copy made at any moment is a valid older state.
 */
export class DataFile {
  private seen: string | undefined;

  constructor(readonly path: string) {}

  /** Whether it is another than this object last read or wrote. */
  changed(): boolean {
    return this.seen === undefined || this.seen !== this.stamp();
  }

  /** Every change, oldest first; makes the file where there is none. */
  read(): Change[] {
    const text = this.text();
    const end = text.lastIndexOf('\n') + 1;
    const [header, ...lines] = text.slice(0, end).split('\n').slice(0, -1);
    if (header !== HEADER)
      throw new Error(
        `${this.path} is not a data file of prefect1-server: its first line is another. ` +
          'Name a new file, or move this one away.',
      );
    // A line that a killed server did not finish.
    if (end < text.length) truncateSync(this.path, Buffer.byteLength(text.slice(0, end)));
    const changes = lines.flatMap((line, index) => this.parse(line, index + 2));
    this.seen = this.stamp();
    return changes;
  }

  append(changes: readonly Change[]): void {
    appendFileSync(this.path, `${JSON.stringify(changes)}\n`);
    this.seen = this.stamp();
  }

  private text(): string {
    try {
      return readFileSync(this.path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    mkdirSync(dirname(this.path), { recursive: true });
    const part = `${this.path}.${process.pid}`;
    writeFileSync(part, `${HEADER}\n`);
    renameSync(part, this.path);
    return `${HEADER}\n`;
  }

  private parse(line: string, number: number): Change[] {
    try {
      const changes = JSON.parse(line) as Change[];
      if (changes.every(([table, id]) => isTable(table) && typeof id === 'string')) return changes;
    } catch {
      // told below
    }
    throw new Error(
      `${this.path}:${number} can't be read. Put a copy of the file back, or remove it to start with nothing.`,
    );
  }

  private stamp(): string {
    const stat = statSync(this.path, { throwIfNoEntry: false });
    return stat ? `${stat.ino}:${stat.size}:${stat.mtimeMs}` : 'none';
  }
}
