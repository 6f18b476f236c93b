import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FlowError, hide } from '../../core/errors';
import { readJsonIfThere } from '../../core/read-file';
import { urlFlaw } from '../../options/place-types';
import { type Connection, credentialsInUrl } from '../connection';
import type { Prefect3Settings, Setting } from './prefect3-settings';

/** Written by `npm start`: the server that runs in this workspace. */
const LOCAL_SERVER = '.prefect-server/server.json';

/**
 * Address by precedence: option or command line, Prefect's own settings of the workspace, the server that
 * `npm start` runs in it, the user's profile.
 * Credentials, headers and certificates as Prefect's own client takes them: `PREFECT_API_AUTH_STRING` (Basic) before
 * `PREFECT_API_KEY` (Bearer).
 * @throws FlowError `no-server` when nothing names a server, `bad-variable` for headers that are none
 */
export function findConnection(
  workspaceRoot: string,
  apiUrl: string | undefined,
  settings: Prefect3Settings,
): Connection {
  const { text: url, from: source } = findUrl(workspaceRoot, apiUrl, settings);
  const [key, auth] = [settings.get('apiKey')?.text, settings.get('authString')?.text];
  for (const secret of [key, auth]) if (secret) hide(secret);
  const authorization = auth ? `Basic ${Buffer.from(auth).toString('base64')}` : key ? `Bearer ${key}` : undefined;
  if (/^\w+:\/\/[^/]*@/.test(url)) throw credentialsInUrl(source, 'set PREFECT_API_AUTH_STRING to user:password');
  const flaw = urlFlaw(url);
  if (flaw !== undefined) throw badAddress(source, flaw);
  const headers = customHeaders(settings.get('headers'));
  const certificates = settings.get('certificates')?.text;
  return {
    apiUrl: url.replace(/\/+$/, ''),
    source,
    ...(authorization ? { authorization } : {}),
    ...(headers ? { headers } : {}),
    ...(isTrue(settings.get('insecure')?.text) ? { isInsecure: true } : {}),
    ...(certificates ? { certificates } : {}),
  };
}

/** A JSON object, as Prefect's own client takes it. Values may be secret. */
function customHeaders(given: Setting | undefined): Record<string, string> | undefined {
  if (!given) return undefined;
  try {
    const headers = JSON.parse(given.text) as Record<string, string>;
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
      what: `The setting ${given.from} is not a set of headers.`,
      next: `Set it to a JSON object of texts: {"X-Team": "data"}`,
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
  settings: Prefect3Settings,
): Pick<Setting, 'text' | 'from'> {
  if (apiUrl) return { text: apiUrl, from: 'the option apiUrl' };
  const configured = settings.get('apiUrl');
  if (configured && !configured.isOfProfile) return configured;
  // If the file is not JSON, `npm start` writes it again.
  const local = readJsonIfThere(join(workspaceRoot, LOCAL_SERVER)) as { apiUrl?: string } | null | undefined;
  if (local?.apiUrl) return { text: local.apiUrl, from: LOCAL_SERVER };
  if (configured) return configured;
  throw new FlowError({
    code: 'no-server',
    what:
      'Nothing says which Prefect server to use: not the option "apiUrl", PREFECT_API_URL, .env, prefect.toml, ' +
      `pyproject.toml or the active profile.${settings.missingProfile ? ` ${settings.missingProfile}` : ''}`,
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
