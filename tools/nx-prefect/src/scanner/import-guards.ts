interface Block {
  kind: 'try' | 'checking';
  /** Of its first line. */
  column: number;
  /** How many imports were found before its body, and up to its end. */
  from: number;
  to?: number;
}

/** The open blocks around a place that say whether an import runs, or may fail. Columns are the lines' indentations. */
export class ImportGuards {
  /** Outermost first; columns ascend. */
  private readonly open: Block[] = [];
  private tries = 0;
  private checkings = 0;
  /** By import: how many bodies that may fail begin, less those that end. */
  private readonly changes: number[] = [];

  get checking(): boolean {
    return this.checkings > 0;
  }

  get trying(): boolean {
    return this.tries > 0;
  }

  get watching(): boolean {
    return this.open.length > 0;
  }

  enter(kind: Block['kind'], column: number, imports: number): void {
    this.closeFrom(column);
    this.open.push({ kind, column, from: imports });
    this.count(kind, 1);
  }

  /** A statement's line: ends the blocks that it stands no deeper than. A handler ends its `try`'s body only. */
  line(column: number, handler: boolean, imports: number): void {
    this.closeFrom(column + 1);
    const block = this.open.at(-1);
    if (block?.column !== column) return;
    if (handler && block.kind === 'try') block.to ??= imports;
    else this.closeFrom(column);
  }

  /** Whether the innermost block is a `try` that a handler in this column belongs to, and no handler has caught yet. */
  handling(column: number): boolean {
    const block = this.open.at(-1);
    return block?.column === column && block.to !== undefined && block.to > block.from;
  }

  /** The handler at hand lets the program go on when an import of the body fails. */
  caught(): void {
    const block = this.open.at(-1);
    if (block?.to === undefined) return;
    this.changes[block.from] = (this.changes[block.from] ?? 0) + 1;
    this.changes[block.to] = (this.changes[block.to] ?? 0) - 1;
    block.from = block.to;
  }

  clear(): void {
    this.closeFrom(0);
  }

  /** The imports that may fail, by their number. */
  *optional(): Iterable<number> {
    let depth = 0;
    for (let at = 0; at < this.changes.length; at++) {
      depth += this.changes[at] ?? 0;
      if (depth > 0) yield at;
    }
  }

  private closeFrom(column: number): void {
    for (let block = this.open.at(-1); block && block.column >= column; block = this.open.at(-1)) {
      this.open.pop();
      this.count(block.kind, -1);
    }
  }

  private count(kind: Block['kind'], change: number): void {
    if (kind === 'try') this.tries += change;
    else this.checkings += change;
  }
}
