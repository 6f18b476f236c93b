import type { CodeStore, PlacedCode } from './code-store';

/** The code of one run: each digest is looked for once, and put there once. */
export class CodeUploads {
  readonly #held = new OncePerDigest<boolean>();
  readonly #put = new OncePerDigest<void>();

  isPresent(placed: PlacedCode): Promise<boolean> {
    return this.#held.get(placed, ({ code, store }) => store.holds(code));
  }

  put(placed: PlacedCode): Promise<void> {
    return this.#put.get(placed, ({ code, store }) => store.put(code));
  }
}

class OncePerDigest<T> {
  readonly #results = new Map<CodeStore, Map<string, Promise<T>>>();

  get(placed: PlacedCode, ask: (placed: PlacedCode) => Promise<T>): Promise<T> {
    const { store, code } = placed;
    const ofStore = this.#results.get(store) ?? new Map<string, Promise<T>>();
    this.#results.set(store, ofStore);
    const result = ofStore.get(code.digest) ?? ask(placed);
    ofStore.set(code.digest, result);
    return result;
  }
}
