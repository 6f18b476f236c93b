/** Lets a bounded number of actions run at once. */
export class Lanes {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(lanes: number) {
    this.#free = lanes;
  }

  async run<T>(action: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((next) => this.#waiting.push(next));
    try {
      return await action();
    } finally {
      this.#handOn();
    }
  }

  /** Takes a lane away, once it is free. */
  narrow(): void {
    if (this.#free > 0) this.#free--;
    else this.#surplus++;
  }

  #surplus = 0;

  #handOn(): void {
    const next = this.#surplus > 0 ? undefined : this.#waiting.shift();
    if (next) next();
    else if (this.#surplus > 0) this.#surplus--;
    else this.#free++;
  }
}
