/** Waiting without a message looks like a hang. */
const FIRST_WORD_MS = 10_000;
const NEXT_WORD_MS = 30_000;

/** Says that one waits for a host: after 10 s, and every half a minute, however many requests wait. */
export class Waiting {
  #saidAt = -Infinity;

  constructor(
    private readonly host: string,
    private readonly say: (line: string) => void,
  ) {}

  async during<T>(action: () => Promise<T>): Promise<T> {
    const start = performance.now();
    const timer = setInterval(() => this.#word(start), FIRST_WORD_MS);
    timer.unref();
    try {
      return await action();
    } finally {
      clearInterval(timer);
    }
  }

  #word(start: number): void {
    const now = performance.now();
    if (now - this.#saidAt < NEXT_WORD_MS) return;
    this.#saidAt = now;
    this.say(`Waiting for ${this.host}: ${Math.round((now - start) / 1000)} s.`);
  }
}
