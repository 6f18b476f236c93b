import { z } from 'zod';
import { FlowError } from '../../core/errors';
import { limitsFrom } from '../../core/limits';
import { Line } from '../../core/line';
import { type Answer, type Ask, asker } from '../../core/network/ask';
import { networkSetback } from '../../core/network/causes';
import { type Route, routeTo } from '../../core/network/route';
import { type Setback, retryAfterMs } from '../../core/retry';
import { formIssue } from '../checked-answer';
import type { Connection } from '../connection';
import { Failed, explain, isApiError } from './graphql-failures';

/** An API before Prefect 3 gives 500 where a part of it starts again. */
const BUSY = new Set([429, 500, 502, 503, 504]);

/** What every answer may hold; `data` has the form that a document asks for. */
const answerShape = z.object({
  data: z.unknown(),
  errors: z
    .array(z.object({ message: z.string(), extensions: z.object({ code: z.string().optional() }).optional() }))
    .nullish(),
});

/** Speaks to the API of Prefect 0.15 - 1.x as the library's own client does. */
export class GraphqlClient {
  /** Version of Prefect of the flows; the API refuses some that are too old. */
  coreVersion = '0.15.13';
  readonly #line: Line;
  readonly #route: Route;
  readonly #ask: Ask;

  /** @throws FlowError for variables that say nothing usable of the way to the server */
  constructor(
    private readonly connection: Connection,
    say: (line: string) => void,
    env: NodeJS.ProcessEnv = process.env,
  ) {
    this.#line = new Line(new URL(connection.apiUrl).host, limitsFrom(env), say);
    this.#route = routeTo(connection.apiUrl, env, {
      variables: ['REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'SSL_CERT_FILE'],
    });
    this.#ask = asker(this.#route, this.#line.limits.silenceMs);
  }

  /**
   * Sends one document. Every request here may be sent twice: what is created has a key, or is looked for first.
   * @param shape of the data that is read
   * @throws FlowError that says what the server said
   */
  async send<T>(document: string, variables: Record<string, unknown>, shape: z.ZodType<T>): Promise<T> {
    // Variables travel as text in JSON.
    const body = JSON.stringify({ query: document, variables: JSON.stringify(variables) });
    try {
      return await this.#line.send(async () => dataOf(await this.#post(body), shape), setbackOf);
    } catch (error) {
      if (error instanceof FlowError) throw error;
      throw explain(error instanceof Failed ? error.failure : { error }, this.connection, this.#route, body.length);
    }
  }

  #post(body: string): Promise<Answer> {
    const { apiUrl, authorization, tenantId } = this.connection;
    const headers = {
      'content-type': 'application/json',
      'X-PREFECT-CORE-VERSION': this.coreVersion,
      ...(authorization ? { authorization } : {}),
      ...(tenantId ? { 'X-PREFECT-TENANT-ID': tenantId } : {}),
    };
    return this.#ask(apiUrl, { method: 'POST', headers, body });
  }
}

/** @throws Failed if the data has another form */
function dataOf<T>({ status, text, header }: Answer, shape: z.ZodType<T>): T {
  const failure = { status, text, retryAfter: header('retry-after'), location: header('location'), errors: [] };
  const answer = answerShape.safeParse(parsed(text));
  if (!answer.success) throw new Failed(failure);
  const { data, errors } = answer.data;
  if (errors || status < 200 || status >= 300) throw new Failed({ ...failure, errors: errors ?? [] });
  const checked = shape.safeParse(data);
  if (checked.success) return data as T;
  throw new Failed({ ...failure, strange: `JSON of an unexpected form (${formIssue(checked.error, ['data'])})` });
}

function setbackOf(error: unknown): Setback {
  if (!(error instanceof Failed)) return networkSetback(error);
  const { failure } = error;
  if (BUSY.has(failure.status) || isApiError(failure))
    return { kind: 'busy', retryAfterMs: retryAfterMs(failure.retryAfter) };
  return { kind: 'final' };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
