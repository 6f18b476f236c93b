import { FlowError, hide } from '../../core/errors';
import { type Connection, credentialsInUrl } from '../connection';
import { Configuration } from './prefect1-configuration';

/**
 * Address, key and tenant as Prefect 0.15's own client takes them (`prefect/client/client.py`), the option before them.
 * `PREFECT_API_URL` and `PREFECT_API_KEY` are Prefect 3's: a workspace may hold flows of both.
 * @throws FlowError `no-server` when nothing names a server: the default address is that of a Cloud without a key
 */
export function findGraphqlConnection(apiUrl: string | undefined, env: NodeJS.ProcessEnv): Connection {
  const configuration = new Configuration(env);
  const configured = configuration.get('cloud.api');
  const url = (apiUrl ?? configured?.text ?? '').replace(/\/+$/, '');
  const from = apiUrl ? ['the option apiUrl'] : (configured?.from ?? []);
  if (!/^https?:\/\/./i.test(url) || !URL.canParse(url)) throw noAddress(url, from);
  const login = configuration.login(url);
  const key = configuration.get('cloud.api_key')?.text ?? login.apiKey;
  // Tokens are older than keys: each belongs to one tenant, so the API wants no header with them.
  const token = configuration.get('cloud.auth_token')?.text;
  if (from.length === 0 && !key && !token) throw noServer();
  const source = from.join(', ') || "Prefect's default";
  if (/^https?:\/\/[^/]*@/i.test(url)) throw credentialsInUrl(source, 'set PREFECT__CLOUD__API_KEY');
  for (const secret of [key, token]) if (secret) hide(secret);
  const tenantId = configuration.get('cloud.tenant_id')?.text ?? login.tenantId;
  const bearer = key ?? token;
  const backend = bearer && configuration.get('backend')?.text === 'cloud' ? 'cloud' : 'server';
  return {
    apiUrl: url,
    source,
    backend,
    ...(bearer ? { authorization: `Bearer ${bearer}` } : {}),
    ...(key && tenantId ? { tenantId } : {}),
  };
}

function noServer(): FlowError {
  return new FlowError({
    code: 'no-server',
    what:
      'Nothing says which Prefect server to use for flows of Prefect 0.15 to 1.x ' +
      '(PREFECT_API_URL is for Prefect 3).',
    next:
      'Set PREFECT__CLOUD__API to its address (or the option "apiUrl"), or run prefect backend server; ' +
      'for Prefect Cloud, log in: prefect auth login --key <key>',
  });
}

function noAddress(url: string, from: string[]): FlowError {
  return new FlowError({
    code: 'no-server',
    what: `The address of the Prefect server (from ${from.join(', ')}) is none${url.includes('@') ? '' : `: ${url}`}`,
    next: 'Correct it; it looks like http://localhost:4200',
  });
}
