/** Writes to the server at once: two suit PostgreSQL; the first sign of contention (SQLite has one writer) leaves one. */
export class WriteLanes {
  #lanes = 2;
  #busy = 0;
  readonly #waiting: (() => void)[] = [];

  /** To be called when the server answers 503 or cuts a connection. */
  slowDown(): void {
    this.#lanes = 1;
  }

  async run<T>(write: () => Promise<T>): Promise<T> {
    while (this.#busy >= this.#lanes) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#busy++;
    try {
      return await write();
    } finally {
      this.#busy--;
      this.#waiting.shift()?.();
    }
  }
}
