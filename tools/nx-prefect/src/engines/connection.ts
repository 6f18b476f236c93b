import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FlowError, hide } from '../core/errors';
import { readJsonIfThere } from '../core/read-file';
import { urlFlaw } from '../options/place-types';

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
  /** Prefect 0.15 - 1.x: value of the header `X-PREFECT-TENANT-ID`, which its API takes together with a key only. */
  tenantId?: string;
  /** Prefect 0.15 - 1.x: its Cloud knows the tenant of a key; Prefect Server has no keys. */
  backend?: 'cloud' | 'server';
}

/** Written by `npm start`: the server that runs in this workspace. */
const LOCAL_SERVER = '.prefect-server/server.json';

/**
 * Address by precedence: option or command line, `PREFECT_API_URL`, the local server of this workspace.
 * Credentials as Prefect's own client takes them: `PREFECT_API_KEY` (Bearer), else `PREFECT_API_AUTH_STRING` (Basic);
 * its settings for TLS and headers, too.
 * @throws FlowError `no-server` when nothing names a server, `bad-variable` for headers that are none
 */
export function findConnection(workspaceRoot: string, apiUrl: string | undefined, env: NodeJS.ProcessEnv): Connection {
  const [url, source] = findUrl(workspaceRoot, apiUrl, env);
  const key = env['PREFECT_API_KEY'];
  const auth = env['PREFECT_API_AUTH_STRING'];
  for (const secret of [key, auth]) if (secret) hide(secret);
  const authorization = key ? `Bearer ${key}` : auth ? `Basic ${Buffer.from(auth).toString('base64')}` : undefined;
  if (/^\w+:\/\/[^/]*@/.test(url)) throw credentialsInUrl(source, 'set PREFECT_API_AUTH_STRING to user:password');
  const flaw = urlFlaw(url);
  if (flaw !== undefined) throw badAddress(source, flaw);
  const headers = customHeaders(env);
  return {
    apiUrl: url.replace(/\/+$/, ''),
    source,
    ...(authorization ? { authorization } : {}),
    ...(headers ? { headers } : {}),
    ...(isTrue(env['PREFECT_API_TLS_INSECURE_SKIP_VERIFY']) ? { isInsecure: true } : {}),
  };
}

const HEADERS = 'PREFECT_CLIENT_CUSTOM_HEADERS';

/** A JSON object, as Prefect's own client takes it. Values may be secret. */
function customHeaders(env: NodeJS.ProcessEnv): Record<string, string> | undefined {
  const text = env[HEADERS];
  if (!text) return undefined;
  try {
    const headers = JSON.parse(text) as Record<string, string>;
    const values = Object.values(headers);
    // Headers throws at names and values that can't be sent.
    const count = [...new Headers(headers)].length;
    if (Array.isArray(headers) || count === 0 || values.some((value) => typeof value !== 'string'))
      throw new Error('no headers');
    for (const value of values) hide(value);
    return headers;
  } catch {
    throw new FlowError({
      code: 'bad-variable',
      what: `The variable ${HEADERS} holds no headers.`,
      next: `Set it to a JSON object of texts: ${HEADERS}='{"X-Team": "data"}'`,
    });
  }
}

function isTrue(text: string | undefined): boolean {
  return /^(1|true|t|yes|y|on)$/i.test(text ?? '');
}

/** `npm start` is the reference workspace's: it is named only where such a workspace is. */
function startHint(workspaceRoot: string): string {
  const hasStart = existsSync(join(workspaceRoot, dirname(LOCAL_SERVER)));
  return hasStart ? ', or start a local server: npm start' : ', for example to http://127.0.0.1:4200/api.';
}

/** @param instead what to set in their place */
export function credentialsInUrl(source: string, instead: string): FlowError {
  return new FlowError({
    code: 'credentials-in-url',
    what: `The address of the Prefect server (from ${source}) holds credentials.`,
    next: `Take them out, and ${instead} instead.`,
  });
}

/** The value itself is not repeated: it may hold a password. */
function badAddress(source: string, flaw: string): FlowError {
  return new FlowError({
    code: 'no-server',
    what: `The address of the Prefect server (from ${source}) is not right: it ${flaw}.`,
    next: 'Correct it.',
  });
}

function findUrl(
  workspaceRoot: string,
  apiUrl: string | undefined,
  env: NodeJS.ProcessEnv,
): [url: string, source: string] {
  if (apiUrl) return [apiUrl, 'the option apiUrl'];
  if (env['PREFECT_API_URL']) return [env['PREFECT_API_URL'], 'PREFECT_API_URL'];
  // A file that is no JSON is one that `npm start` writes anew.
  const local = readJsonIfThere(join(workspaceRoot, LOCAL_SERVER)) as { apiUrl?: string } | null | undefined;
  if (local?.apiUrl) return [local.apiUrl, LOCAL_SERVER];
  throw new FlowError({
    code: 'no-server',
    what: 'Nothing says which Prefect server to use.',
    next: `Set PREFECT_API_URL or the option "apiUrl"${startHint(workspaceRoot)}`,
  });
}

/** Whether the address is that of the server which `npm start` runs in this workspace. */
export function isLocalServer({ source }: Connection): boolean {
  return source === LOCAL_SERVER;
}

/** Address of a deployment's page in Prefect's own user interface. */
export function deploymentPage(apiUrl: string, id: string): string {
  const cloud = /^(https:\/\/)api\.(prefect\.cloud)\/api\/accounts\/([^/]+)\/workspaces\/([^/]+)/.exec(apiUrl);
  const base = cloud
    ? `${cloud[1]}app.${cloud[2]}/account/${cloud[3]}/workspace/${cloud[4]}`
    : apiUrl.replace(/\/api$/, '');
  return `${base}/deployments/deployment/${id}`;
}
