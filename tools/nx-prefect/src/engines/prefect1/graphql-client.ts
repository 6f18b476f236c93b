import { setTimeout as sleep } from 'node:timers/promises';
import { isCut } from '../../core/transport';
import type { Connection } from '../connection';
import { type Failure, explain, isApiError } from './graphql-failures';

/** Times a request is sent before its failure counts; waits 0.1, 0.2, 0.4 ... s in between. */
const ATTEMPTS = 7;
/** Prefect's own client sends it so often again, too. */
const API_ERROR_ATTEMPTS = 6;
/** Seconds that one request may wait altogether because the server asks for it. */
const PATIENCE = 60;
const RETRIED_STATUS = new Set([500, 502, 503, 504]);
const TIMEOUT_MS = 120_000;

/** Speaks to the API of Prefect 0.15 - 1.x as the library's own client does. */
export class GraphqlClient {
  /** Version of Prefect of the flows; the API refuses some that are too old. */
  coreVersion = '0.15.13';

  constructor(private readonly connection: Connection) {}

  /**
   * Sends one document. Every request here may be sent twice: what is created has a key, or is looked for first.
   * @throws FlowError that says what the server said
   */
  async send<T>(document: string, variables: Record<string, unknown> = {}): Promise<T> {
    // Variables travel as text in JSON.
    const body = JSON.stringify({ query: document, variables: JSON.stringify(variables) });
    let waited = 0;
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#sendOnce<T>(body);
      if (!('failure' in outcome)) return outcome.data;
      const { failure } = outcome;
      const pause = pauseAfter(failure, attempt);
      if (pause === undefined || waited + pause > PATIENCE) throw explain(failure, this.connection, body.length);
      await sleep(pause * 1000);
      waited += pause;
    }
  }

  async #sendOnce<T>(body: string): Promise<{ data: T } | { failure: Failure }> {
    const { apiUrl, authorization, tenantId } = this.connection;
    const headers = {
      'content-type': 'application/json',
      'X-PREFECT-CORE-VERSION': this.coreVersion,
      ...(authorization ? { authorization } : {}),
      ...(tenantId ? { 'X-PREFECT-TENANT-ID': tenantId } : {}),
    };
    try {
      const response = await fetch(apiUrl, {
        method: 'POST',
        headers,
        body,
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const text = await response.text();
      const answer = parsed(text);
      if (response.ok && answer?.data && !answer.errors) return { data: answer.data as T };
      return {
        failure: {
          status: response.status,
          text,
          errors: answer?.errors ?? [],
          retryAfter: response.headers.get('retry-after'),
        },
      };
    } catch (error) {
      return { failure: { error } };
    }
  }
}

/** Seconds until the next attempt; undefined = this failure counts. */
function pauseAfter(failure: Failure, attempt: number): number | undefined {
  const backoff = 0.05 * 2 ** attempt * (0.75 + Math.random() / 2);
  if ('error' in failure) return isCut(failure.error) && attempt < ATTEMPTS ? backoff : undefined;
  if (failure.status === 429) return seconds(failure.retryAfter) ?? 2 ** attempt;
  if (isApiError(failure)) return attempt < API_ERROR_ATTEMPTS ? 0.25 * 2 ** (attempt - 1) : undefined;
  return RETRIED_STATUS.has(failure.status) && attempt < ATTEMPTS ? backoff : undefined;
}

/** `Retry-After` is a number of seconds or a date. */
function seconds(retryAfter: string | null): number | undefined {
  if (retryAfter === null) return undefined;
  const number = Number(retryAfter);
  const until = Number.isNaN(number) ? (Date.parse(retryAfter) - Date.now()) / 1000 : number;
  return Number.isNaN(until) ? undefined : Math.max(until, 0.1);
}

interface Answer {
  data?: unknown;
  errors?: { message: string; extensions?: { code?: string } }[];
}

function parsed(text: string): Answer | undefined {
  try {
    const answer = JSON.parse(text) as Answer | null;
    return answer !== null && typeof answer === 'object' ? answer : undefined;
  } catch {
    return undefined;
  }
}
