import { FlowError } from '../../core/errors';
import type { Answer } from '../../core/network/ask';
import { failureWords } from '../../core/network/failure-words';
import type { Route } from '../../core/network/route';
import { StrangeAnswer, kindOf } from '../checked-answer';
import type { Connection } from '../connection';
import { isLocalServer } from './rest-connection';

/** An answer other than a success. */
export class ServerAnswer extends Error {
  readonly status: number;

  constructor(readonly answer: Answer) {
    super(`The server answered ${answer.status}: ${answer.text.slice(0, 500)}`);
    this.status = answer.status;
  }
}

const TRUST = 'PREFECT_API_SSL_CERT_FILE or NODE_EXTRA_CA_CERTS';

/** Any failure of a request to a Prefect 3 server as one line with a next step. */
export function explain(
  failure: unknown,
  method: string,
  path: string,
  connection: Connection,
  route: Route,
): FlowError {
  if (failure instanceof FlowError) return failure;
  const server = `${connection.apiUrl} (from ${connection.source})`;
  if (failure instanceof StrangeAnswer) return notPrefect(server, `${method} ${path}`, failure.message, failure);
  if (!(failure instanceof ServerAnswer)) {
    const { code, why, next } = failureWords(failure, route, TRUST);
    return new FlowError({
      code,
      what: `The Prefect server ${server} can't be reached: ${why}.`,
      next: isLocalServer(connection) ? 'Check that the local server runs; it starts with: npm start' : next,
      cause: failure,
    });
  }
  const { status, answer } = failure;
  if (status >= 300 && status < 400)
    return notPrefect(
      server,
      `${method} ${path}`,
      `${status}, a redirect to ${answer.header('location') ?? 'nowhere'}`,
      failure,
    );
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
  if (status === 404 && path.endsWith('/filter')) return notPrefect(server, `${method} ${path}`, '404', failure);
  if (status === 429) {
    const after = answer.header('retry-after');
    return new FlowError({
      code: 'rate-limited',
      what: `The Prefect server ${server} asks for fewer requests (429${after ? `, Retry-After: ${after}` : ''}).`,
      next: 'Run the command again later: finished work is not sent again.',
      cause: failure,
    });
  }
  return new FlowError({
    code: 'server-refused',
    what: `${server} answered ${status} to ${method} ${path}: ${reason(answer.text)}.`,
    next:
      status >= 500
        ? 'Run the command again. If the error stays, read the log of the server.'
        : 'Correct what the server names.',
    cause: failure,
  });
}

function notPrefect(server: string, request: string, came: string, cause: unknown): FlowError {
  return new FlowError({
    code: 'not-a-prefect-api',
    what: `At ${server} no Prefect 3 API answers: ${request} gave ${came}.`,
    next:
      "Check the address (a server's ends in /api, Prefect Cloud's in /workspaces/<id>), " +
      'and whether a proxy or a login page answers in its place.',
    cause,
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

/** The server's own words, out of its JSON, on one line. */
function reason(text: string): string {
  return (wordsOf(text) ?? kindOf(text))
    .slice(0, 500)
    .replace(/\s+/g, ' ')
    .replace(/[.\s]+$/, '');
}

function wordsOf(text: string): string | undefined {
  try {
    const { detail, exception_detail, exception_message } = JSON.parse(text) as Record<string, unknown>;
    const said = exception_detail ?? detail ?? exception_message ?? text;
    if (Array.isArray(said)) return validation(said as Issue[]);
    return typeof said === 'string' ? said : JSON.stringify(said);
  } catch {
    // A gateway's few words are worth more than their kind.
    return /^[^<{[]/.test(text) ? text : undefined;
  }
}
