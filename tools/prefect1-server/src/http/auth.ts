import type { IncomingHttpHeaders } from 'node:http';

export interface Key {
  apiKey: string;
  tenantId: string;
}

/**
 * What is wrong with the headers of a request to a server with a key, as Prefect Cloud has one; undefined when nothing
 * is.
 */
export function refusal({ apiKey, tenantId }: Key, headers: IncomingHttpHeaders): string | undefined {
  const [, given] = /^Bearer (.+)$/.exec(headers.authorization ?? '') ?? [];
  if (given === undefined) return 'Malformed Authorization header: expected "Bearer <API key>".';
  if (given !== apiKey) return 'Invalid API key.';
  const tenant = headers['x-prefect-tenant-id'];
  return tenant === undefined || tenant === tenantId ? undefined : 'The API key is not valid for this tenant.';
}
