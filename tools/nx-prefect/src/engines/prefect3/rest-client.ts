import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { FlowError } from '../../core/errors';
import type { Connection } from '../connection';
import { causeCode, isCut, rootCause } from '../../core/transport';

/**
 * Times a request is sent before its failure counts; waits 25, 50, 100 ... 5000 ms in between, about 20 s in all: a
 * disk that stalls or a server behind a gateway that starts again takes so long. SQLite's loser of two writers is
 * refused at once, and mostly taken right after: a first wait of 100 ms made 100 registrations a third slower.
 */
const ATTEMPTS = 12;
const FIRST_WAIT_MS = 25;
const LONGEST_WAIT_MS = 5000;
const RETRIED_STATUS = new Set([429, 502, 503, 504]);
const TIMEOUT_MS = 60_000;

/** Prefect's server cuts connections and answers 503 under SQLite contention: both are retried. */
export class RestClient {
  #csrf: { token: string; client: string } | undefined;

  constructor(
    readonly connection: Connection,
    /** Called when the server asks for less at once. */
    private readonly onBusy: () => void = () => undefined,
  ) {}

  get<T>(path: string): Promise<T> {
    return this.#send<T>('GET', path, undefined);
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.#send<T>('POST', path, body);
  }

  patch(path: string, body: unknown): Promise<unknown> {
    return this.#send('PATCH', path, body);
  }

  async #send<T>(method: string, path: string, body: unknown): Promise<T> {
    const url = `${this.connection.apiUrl}${path}`;
    let failure: unknown;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (attempt > 0)
        await sleep(Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS) * (0.75 + Math.random() / 2));
      const csrf = this.#csrf;
      let response: Response;
      try {
        response = await fetch(url, {
          method,
          headers: this.#headers(),
          redirect: 'error',
          signal: AbortSignal.timeout(TIMEOUT_MS),
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
      } catch (error) {
        failure = error;
        if (!isCut(error)) break;
        this.onBusy();
        continue;
      }
      const text = await response.text();
      if (response.status === 403 && /csrf/i.test(text)) {
        // Another request may have fetched one meanwhile; one that expired is replaced.
        if (this.#csrf === csrf) await this.#fetchCsrfToken();
        failure = new ServerAnswer(response.status, text);
        continue;
      }
      failure = new ServerAnswer(response.status, text);
      if (!RETRIED_STATUS.has(response.status)) break;
      this.onBusy();
    }
    throw explain(failure, method, path, this.connection);
  }

  #headers(): Record<string, string> {
    return {
      'content-type': 'application/json',
      ...(this.connection.authorization ? { authorization: this.connection.authorization } : {}),
      ...(this.#csrf ? { 'Prefect-Csrf-Token': this.#csrf.token, 'Prefect-Csrf-Client': this.#csrf.client } : {}),
    };
  }

  /** Servers with `PREFECT_SERVER_CSRF_PROTECTION_ENABLED` want a token with every write. */
  async #fetchCsrfToken(): Promise<void> {
    const client = randomUUID();
    const { token } = await this.get<{ token: string }>(`/csrf-token?client=${client}`);
    this.#csrf = { token, client };
  }
}

class ServerAnswer extends Error {
  constructor(
    readonly status: number,
    readonly text: string,
  ) {
    super(`The server answered ${status}: ${text.slice(0, 500)}`);
  }
}

function explain(failure: unknown, method: string, path: string, { apiUrl, source }: Connection): FlowError {
  const server = `${apiUrl} (from ${source})`;
  if (!(failure instanceof ServerAnswer)) {
    return new FlowError({
      code: 'server-unreachable',
      what: `The Prefect server ${server} can't be reached: ${causeCode(failure) ?? rootCause(failure).message}.`,
      next: 'Check the address and that the server runs; a local one starts with: npm start',
      cause: failure,
    });
  }
  const { status } = failure;
  if (status === 401 || status === 403) {
    return new FlowError({
      code: 'not-authorized',
      what: `The Prefect server ${server} refused the credentials (${status}).`,
      next:
        'Set PREFECT_API_KEY (Prefect Cloud), ' +
        'or PREFECT_API_AUTH_STRING to the PREFECT_SERVER_API_AUTH_STRING of the server.',
      cause: failure,
    });
  }
  if (status === 404 && path.endsWith('/filter')) {
    return new FlowError({
      code: 'not-a-prefect-api',
      what: `At ${server} no Prefect 3 API answers (404).`,
      next: "Check the address: a server's ends in /api, Prefect Cloud's in /workspaces/<id>.",
      cause: failure,
    });
  }
  return new FlowError({
    code: 'server-refused',
    what: `${server} answered ${status} to ${method} ${path}: ${reason(failure.text)}.`,
    next:
      status >= 500
        ? 'Run the command again; if it stays, see the log of the server.'
        : 'Correct what the server names.',
    cause: failure,
  });
}

interface Issue {
  loc?: (string | number)[];
  msg?: string;
  type?: string;
}

/**
 * Field and reason of a validation error, without the values: they may be secret. A union's other branches say nothing.
 */
function validation(issues: Issue[]): string {
  const telling = issues.filter(({ type }) => type !== 'extra_forbidden' && type !== 'missing');
  return (telling.length > 0 ? telling : issues)
    .map(({ loc = [], msg = '' }) => `${loc.slice(1).join('.')}: ${msg}`)
    .join('; ');
}

/** The server's own words, out of its JSON. */
function reason(text: string): string {
  try {
    const { detail, exception_detail, exception_message } = JSON.parse(text) as Record<string, unknown>;
    const said = exception_detail ?? detail ?? exception_message ?? text;
    return (Array.isArray(said) ? validation(said as Issue[]) : typeof said === 'string' ? said : JSON.stringify(said))
      .slice(0, 500)
      .replace(/[.\s]+$/, '');
  } catch {
    return text.slice(0, 500);
  }
}
