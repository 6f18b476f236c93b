/** Answers questions that come together with one call, and each of them once. */
export class Together<A> {
  readonly #known = new Map<string, Promise<A>>();
  #waiting: Waiting<A>[] = [];

  /** @param ask the answers in the order of the questions */
  constructor(private readonly ask: (questions: string[]) => Promise<A[]>) {}

  get(question: string): Promise<A> {
    let known = this.#known.get(question);
    if (known === undefined) {
      known = new Promise((answer, fail) => {
        if (this.#waiting.length === 0) setImmediate(() => void this.#askAll());
        this.#waiting.push({ question, answer, fail });
      });
      this.#known.set(question, known);
    }
    return known;
  }

  async #askAll(): Promise<void> {
    const asked = this.#waiting;
    this.#waiting = [];
    try {
      const answers = await this.ask(asked.map(({ question }) => question));
      asked.forEach(({ answer }, at) => answer(answers[at]!));
    } catch (error) {
      for (const { fail } of asked) fail(error);
    }
  }
}

interface Waiting<A> {
  question: string;
  answer(answer: A): void;
  fail(error: unknown): void;
}
