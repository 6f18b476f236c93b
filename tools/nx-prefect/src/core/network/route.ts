import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { FlowError } from '../errors';
import { type Proxy, proxyFor } from './proxy-for';

/** How requests to one address leave this machine. */
export interface Route {
  proxy?: Proxy;
  /** Certificates that are trusted, PEM; undefined = Node's own, with those of `NODE_EXTRA_CA_CERTS`. */
  ca?: string[];
  /** Any certificate is taken. */
  isInsecure?: boolean;
}

export interface OwnTrust {
  /** Names of variables that lead to files of certificates; the first one that is set counts. */
  variables: readonly string[];
  isInsecure?: boolean | undefined;
}

/**
 * What the environment says of the way to an address. Node reads `NODE_EXTRA_CA_CERTS` by itself, but not where other
 * certificates are given.
 * @throws FlowError `bad-variable`, `certificates-not-found`
 */
export function routeTo(url: string, env: NodeJS.ProcessEnv, { variables, isInsecure }: OwnTrust): Route {
  const proxy = proxyFor(url, env);
  const name = variables.find((one) => env[one]);
  const ca = name && [...rootCertificates, ...['NODE_EXTRA_CA_CERTS', name].flatMap((one) => certificates(one, env))];
  return { ...(proxy ? { proxy } : {}), ...(ca ? { ca } : {}), ...(isInsecure ? { isInsecure } : {}) };
}

function certificates(name: string, env: NodeJS.ProcessEnv): string[] {
  const file = env[name];
  if (!file) return [];
  try {
    return [readFileSync(file, 'utf8')];
  } catch (cause) {
    throw new FlowError({
      code: 'certificates-not-found',
      what: `The certificates ${file} (from ${name}) can't be read (${(cause as NodeJS.ErrnoException).code}).`,
      next: `Set ${name} to a file of certificates in PEM form, or unset it.`,
      cause,
    });
  }
}
