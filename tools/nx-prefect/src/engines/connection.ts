import { FlowError } from '../core/errors';

/** Where a Prefect API is and how one proves who one is. Credentials come from the process environment only. */
export interface Connection {
  /** Without a slash at its end: `http://127.0.0.1:4200/api`. */
  apiUrl: string;
  /** Where the address was found, for messages. */
  source: string;
  /** Value of the `Authorization` header. */
  authorization?: string;
  /** More headers for each request. */
  headers?: Record<string, string>;
  /** Any certificate of the server is taken. */
  isInsecure?: boolean;
  /** A file of certificates to trust, beside what the environment names. */
  certificates?: string;
  /** Prefect 0.15 - 1.x: value of the header `X-PREFECT-TENANT-ID`, which its API takes together with a key only. */
  tenantId?: string;
  /** Prefect 0.15 - 1.x: its Cloud knows the tenant of a key; Prefect Server has no keys. */
  backend?: 'cloud' | 'server';
}

/** @param instead what to set in their place */
export function credentialsInUrl(source: string, instead: string): FlowError {
  return new FlowError({
    code: 'credentials-in-url',
    what: `The address of the Prefect server (from ${source}) holds credentials.`,
    next: `Take them out, and ${instead} instead.`,
  });
}
