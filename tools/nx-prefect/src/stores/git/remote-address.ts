import { hide } from '../../core/errors';

const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;

/** A remote's address as workers may see it: without a password, and without the user of an HTTP address. */
export function withoutCredentials(address: string): string {
  if (!SCHEME.test(address) || !URL.canParse(address)) return address;
  const url = new URL(address);
  if (url.username === '' && url.password === '') return address;
  for (const secret of [url.password, url.protocol.startsWith('http') ? url.username : '']) hide(secret);
  const user = url.protocol.startsWith('http') || url.username === '' ? '' : `${url.username}@`;
  return address.replace(/^([^/]*\/\/)[^/]*@/, `$1${user}`);
}

/**
 * Whether two addresses lead to one repository, however they get there: a colleague may use SSH where CI uses HTTPS.
 */
export function isSameRepository(one: string, other: string): boolean {
  return one === other || placeOf(one) === placeOf(other);
}

/** `git@github.com:team/flows.git` and `https://github.com/team/flows` are both `github.com/team/flows`. */
function placeOf(address: string): string {
  const url = SCHEME.test(address) && URL.canParse(address) ? new URL(address) : undefined;
  const [, scpHost, scpPath] = /^(?:[^@/]+@)?([^:/]+):(?!\/\/)(.*)$/.exec(address) ?? [];
  const host = url?.host ?? scpHost ?? '';
  const path = url?.pathname ?? scpPath ?? address;
  return `${host.toLowerCase()}/${path.replace(/^\/+|(\.git)?\/*$/g, '')}`;
}
