import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { FlowError } from '../../core/errors';
import { limitsFrom } from '../../core/limits';
import { Line } from '../../core/line';
import { type Answer, type Ask, asker } from '../../core/network/ask';
import { networkSetback } from '../../core/network/causes';
import { type Route, routeTo } from '../../core/network/route';
import { type Setback, retryAfterMs } from '../../core/retry';
import { StrangeAnswer, checkedAnswer } from '../checked-answer';
import type { Connection } from '../connection';
import { ServerAnswer, explain } from './rest-failures';
import { csrfTokenShape } from './rest-types';

const BUSY = new Set([429, 502, 503, 504]);

interface Surroundings {
  /** Called when the server asks for less at once. */
  onBusy?: () => void;
  /** Told that one waits. */
  say?: (line: string) => void;
  env?: NodeJS.ProcessEnv;
}

/** Prefect's server cuts connections and answers 503 under SQLite contention: both are retried. */
export class RestClient {
  #csrf: { token: string; client: string } | undefined;
  readonly #line: Line;
  readonly #route: Route;
  readonly #ask: Ask;
  readonly #onBusy: () => void;

  /** @throws FlowError for variables that say nothing usable of the way to the server */
  constructor(
    readonly connection: Connection,
    { onBusy = () => undefined, say = () => undefined, env = process.env }: Surroundings = {},
  ) {
    this.#onBusy = onBusy;
    this.#line = new Line(new URL(connection.apiUrl).host, limitsFrom(env), say);
    const { certificates } = connection;
    const own = certificates === undefined ? env : { ...env, PREFECT_API_SSL_CERT_FILE: certificates };
    this.#route = routeTo(connection.apiUrl, own, {
      variables: ['PREFECT_API_SSL_CERT_FILE', 'SSL_CERT_FILE'],
      isInsecure: connection.isInsecure,
    });
    this.#ask = asker(this.#route, this.#line.limits.silenceMs);
  }

  get<T>(path: string, shape: z.ZodType<T>): Promise<T> {
    return this.#send('GET', path, undefined, (answer) => checkedAnswer(answer, shape));
  }

  post<T>(path: string, body: unknown, shape: z.ZodType<T>): Promise<T> {
    return this.#send('POST', path, body, (answer) => checkedAnswer(answer, shape));
  }

  patch(path: string, body: unknown): Promise<void> {
    return this.#send('PATCH', path, body, () => undefined);
  }

  delete(path: string): Promise<void> {
    return this.#send('DELETE', path, undefined, () => undefined);
  }

  async #send<T>(method: string, path: string, body: unknown, read: (answer: Answer) => T): Promise<T> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    try {
      return await this.#line.send(
        async () => read(await this.#once(method, path, text)),
        (error) => this.#setback(error),
      );
    } catch (error) {
      throw explain(error, method, path, this.connection, this.#route);
    }
  }

  /** @throws ServerAnswer for everything but a success */
  async #once(method: string, path: string, body: string | undefined): Promise<Answer> {
    const csrf = this.#csrf;
    const answer = await this.#ask(`${this.connection.apiUrl}${path}`, { method, headers: this.#headers(), body });
    if (answer.status >= 200 && answer.status < 300) return answer;
    const failure = new ServerAnswer(answer);
    // Another request may have fetched a token meanwhile; one that expired is replaced.
    if (isCsrf(failure) && this.#csrf === csrf) await this.#fetchCsrfToken();
    throw failure;
  }

  #setback(error: unknown): Setback {
    // Sent again with the token that was fetched.
    if (error instanceof ServerAnswer && isCsrf(error)) return { kind: 'busy' };
    const setback = setbackOf(error);
    if (setback.kind === 'cut' || setback.kind === 'busy') this.#onBusy();
    return setback;
  }

  #headers(): Record<string, string> {
    const { authorization, headers } = this.connection;
    return {
      ...(authorization ? { authorization } : {}),
      ...headers,
      'content-type': 'application/json',
      ...(this.#csrf ? { 'Prefect-Csrf-Token': this.#csrf.token, 'Prefect-Csrf-Client': this.#csrf.client } : {}),
    };
  }

  /** Servers with `PREFECT_SERVER_CSRF_PROTECTION_ENABLED` want a token with every write. */
  async #fetchCsrfToken(): Promise<void> {
    const client = randomUUID();
    const { token } = await this.get(`/csrf-token?client=${client}`, csrfTokenShape);
    this.#csrf = { token, client };
  }
}

function setbackOf(error: unknown): Setback {
  if (error instanceof StrangeAnswer || error instanceof FlowError) return { kind: 'final' };
  if (!(error instanceof ServerAnswer)) return networkSetback(error);
  const { status, answer } = error;
  return BUSY.has(status)
    ? { kind: 'busy', retryAfterMs: retryAfterMs(answer.header('retry-after')) }
    : { kind: 'final' };
}

function isCsrf({ status, answer }: ServerAnswer): boolean {
  return status === 403 && /csrf/i.test(answer.text);
}
