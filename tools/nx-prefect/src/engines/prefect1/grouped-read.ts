/**
 * Reads things one by one for its callers, and together from the server: when nobody is left who will ask soon, or many
 * wait.
 */
export class GroupedRead<T> {
  #waiting: { id: string; settle: (value: Promise<T | undefined>) => void }[] = [];
  #expected = 0;

  constructor(
    private readonly readAll: (ids: string[]) => Promise<Map<string, T>>,
    private readonly most: number,
  ) {}

  /** Runs what gives the id of a thing, then reads that thing. */
  async after<R extends { id: string }>(action: () => Promise<R>): Promise<R & { read: T | undefined }> {
    this.#expected++;
    let result: R;
    let read: Promise<T | undefined>;
    try {
      result = await action();
      read = new Promise((settle) => this.#waiting.push({ id: result.id, settle }));
    } finally {
      this.#arrived();
    }
    return { ...result, read: await read };
  }

  #arrived(): void {
    this.#expected--;
    if (this.#expected > 0 && this.#waiting.length < this.most) return;
    const group = this.#waiting.splice(0);
    if (group.length === 0) return;
    const all = this.readAll(group.map(({ id }) => id));
    for (const { id, settle } of group) settle(all.then((found) => found.get(id)));
  }
}
