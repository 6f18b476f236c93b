import { setTimeout as sleep } from 'node:timers/promises';
import { FlowError } from './errors';
import type { Limits } from './limits';
import { type Setback, pauseAfter } from './retry';
import { Waiting } from './waiting';

/** After so many requests in a row that found the server away, the rest of the run does not wait. */
const AWAY = 3;

/** The connection to one server in one run: retries, messages while it waits, and an end once the server is away. */
export class Line {
  readonly #waiting: Waiting;
  #away = 0;
  #answered = false;

  constructor(
    readonly host: string,
    readonly limits: Limits,
    say: (line: string) => void,
  ) {
    this.#waiting = new Waiting(host, say);
  }

  /**
   * Sends a request, again where that may help.
   * @param once throws if there is no usable answer
   * @param setbackOf classifies such an error
   * @throws the last error, or FlowError `server-away` if many requests before this one got no answer
   */
  send<T>(once: () => Promise<T>, setbackOf: (error: unknown) => Setback): Promise<T> {
    return this.#waiting.during(async () => {
      let waited = 0;
      let silences = 0;
      for (let tries = 1; ; tries++) {
        this.requireThere();
        try {
          const answer = await once();
          this.heard();
          return answer;
        } catch (error) {
          // Of another request that this one was made of.
          if (error instanceof FlowError && error.code === 'server-away') throw error;
          const setback = setbackOf(error);
          const isSilent = setback.kind === 'silent';
          if (isSilent) silences++;
          const pause = this.pauseAfter(isSilent ? silences : tries, setback, waited);
          if (pause === undefined) throw error;
          await sleep(pause);
          waited += pause;
        }
      }
    });
  }

  /** For those who bring their own loop: {@link send} is made of this, {@link heard} and {@link pauseAfter}. */
  requireThere(): void {
    if (this.#away < AWAY) return;
    throw new FlowError({
      code: 'server-away',
      what: `${this.host} was away for ${this.#away} requests in a row, so this run sends it no more requests.`,
      next: 'Run the command again when it answers: finished work is not sent again.',
    });
  }

  heard(): void {
    this.#away = 0;
    this.#answered = true;
  }

  /** @returns milliseconds until the next try; undefined = the failure counts */
  pauseAfter(tries: number, setback: Setback, waitedMs: number): number | undefined {
    // A server that answered in this run and is not reached now starts again, as it would behind a gateway.
    const counts: Setback = setback.kind === 'unreachable' && this.#answered ? { kind: 'cut' } : setback;
    const pause = pauseAfter(tries, counts, waitedMs, this.limits.patienceMs);
    if (setback.kind === 'final') this.heard();
    else if (pause === undefined) this.#away++;
    return pause;
  }

  /** Waits for something else that this server does, with the same word. */
  during<T>(action: () => Promise<T>): Promise<T> {
    return this.#waiting.during(action);
  }
}
