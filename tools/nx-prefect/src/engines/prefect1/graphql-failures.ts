import { FlowError, type FlowErrorDetails } from '../../core/errors';
import { isCut } from '../../core/network/causes';
import { failureWords } from '../../core/network/failure-words';
import type { Route } from '../../core/network/route';
import { kindOf } from '../checked-answer';
import type { Connection } from '../connection';

/** Why a request got no data: it never arrived, or what the server answered. */
export type Failure = { error: unknown } | Answered;

interface Answered {
  status: number;
  text: string;
  errors: { message: string; extensions?: { code?: string | undefined } | undefined }[];
  retryAfter: string | null;
  /** Where a redirect leads. */
  location: string | null;
  /** What is wrong with the form of an answer that has data. */
  strange?: string;
}

/** A request without data, on its way to whoever asked. */
export class Failed extends Error {
  constructor(readonly failure: Answered) {
    super(`The server answered ${failure.status}.`);
  }
}

/** An error inside of the server's own API, which may be gone at the next attempt. */
export function isApiError({ errors }: Answered): boolean {
  return errors.some(({ extensions }) => extensions?.code === 'API_ERROR');
}

/** Prefect Server's own limit of a body (`APOLLO_API_BODY_LIMIT`). */
const USUAL_LIMIT = 5 * 1024 * 1024;

const TRUST = 'REQUESTS_CA_BUNDLE or NODE_EXTRA_CA_CERTS';

/** @param size characters of the request */
export function explain(failure: Failure, connection: Connection, route: Route, size: number): FlowError {
  return new FlowError({
    ...explanation(failure, connection, route, size),
    cause: 'error' in failure ? failure.error : undefined,
  });
}

function explanation(failure: Failure, connection: Connection, route: Route, size: number): FlowErrorDetails {
  const server = `${connection.apiUrl} (from ${connection.source})`;
  const megabytes = (size / 1024 / 1024).toFixed(1);
  const tooLarge: FlowErrorDetails = {
    code: 'flow-too-large',
    what: `The Prefect server ${server} does not take ${megabytes} MB in one request; 5 MB is its usual limit.`,
    next:
      'Split the flow, or make fewer tasks with mapping; ' +
      'on your own server APOLLO_API_BODY_LIMIT raises the limit.',
  };
  if ('error' in failure) {
    // Some servers hang up on a body that is too large before they say so.
    if (isCut(failure.error) && size > USUAL_LIMIT) return tooLarge;
    const { code, why, next } = failureWords(failure.error, route, TRUST);
    return { code, what: `The Prefect server ${server} can't be reached: ${why}.`, next };
  }
  const { status, errors, text, location, strange } = failure;
  const said = [...new Set(errors.map(({ message }) => message.replace(/[.\s]+$/, '')))].join('; ').slice(0, 500);
  if (status === 413) return tooLarge;
  if (status === 429) {
    return {
      code: 'rate-limited',
      what:
        `The Prefect server ${server} asks for fewer requests (429` +
        `${failure.retryAfter ? `, again after ${failure.retryAfter} s` : ''}).`,
      next: 'Run the command again later: finished work is not sent again.',
    };
  }
  if (
    status === 401 ||
    status === 403 ||
    errors.some(({ message, extensions }) => isRefusal(extensions?.code, message))
  )
    return refused(server, connection, said || String(status));
  if (isApiError(failure)) {
    return {
      code: 'api-error',
      what: `The Prefect server ${server} has failed again and again: ${said}.`,
      next: 'See the log of the server, and run the command again.',
    };
  }
  if (errors.length > 0)
    return {
      code: 'server-refused',
      what: `The Prefect server ${server} answered: ${said}.`,
      next: 'Correct what it names.',
    };
  if (status >= 500)
    return {
      code: 'server-failed',
      what: `The Prefect server ${server} answered ${status}.`,
      next: 'See the log of the server, and run the command again.',
    };
  const came = status >= 300 && status < 400 ? `a redirect to ${location ?? 'nowhere'}` : (strange ?? kindOf(text));
  return {
    code: 'not-a-prefect-1-api',
    what: `At ${server} no API of Prefect 0.15 to 1.x answers: it gave ${status} with ${came}.`,
    next:
      'Check the address: this API is at the root of its server, for example http://localhost:4200; ' +
      'an address that ends in /api belongs to Prefect 3.',
  };
}

function isRefusal(code: string | undefined, message: string): boolean {
  return code === 'UNAUTHENTICATED' || code === 'FORBIDDEN' || /Malformed Authorization|^Unauth/i.test(message);
}

function refused(server: string, { authorization, tenantId }: Connection, said: string): FlowErrorDetails {
  if (tenantId !== undefined && /tenant/i.test(said)) {
    return {
      code: 'wrong-tenant',
      what: `The Prefect server ${server} refused the tenant ${tenantId}: ${said}.`,
      next: 'Correct PREFECT__CLOUD__TENANT_ID, or choose another one: prefect auth switch-tenants --id <tenant>',
    };
  }
  return {
    code: 'not-authorized',
    what: `The Prefect server ${server} ${authorization ? 'refused the API key' : 'asks for an API key'}: ${said}.`,
    next: 'Log in (prefect auth login --key <key>) or set PREFECT__CLOUD__API_KEY.',
  };
}
