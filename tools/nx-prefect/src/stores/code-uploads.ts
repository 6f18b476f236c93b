import type { CodeStore, PlacedCode } from './code-store';

/** The code of one run: each store is listed once, and each digest is put there once. */
export class CodeUploads {
  readonly #present = new Map<CodeStore, Promise<ReadonlySet<string>>>();
  readonly #puts = new Map<CodeStore, Map<string, Promise<void>>>();

  async isPresent({ code, store }: PlacedCode): Promise<boolean> {
    const present = this.#present.get(store) ?? store.present();
    this.#present.set(store, present);
    return (await present).has(code.digest);
  }

  put({ code, store }: PlacedCode): Promise<void> {
    const puts = this.#puts.get(store) ?? new Map<string, Promise<void>>();
    this.#puts.set(store, puts);
    const put = puts.get(code.digest) ?? store.put(code);
    puts.set(code.digest, put);
    return put;
  }
}
