import { FlowError, hide } from '../errors';

export interface Proxy {
  /** With the credentials that the variable has. */
  url: string;
  /** Host and port, for messages. */
  host: string;
  /** Name of the variable. */
  from: string;
}

/**
 * The proxy for an address, as curl and Prefect's own client read it: `HTTPS_PROXY` or `HTTP_PROXY` by the address's
 * scheme, else `ALL_PROXY`; none for hosts that `NO_PROXY` names. The lower-case name wins.
 * @throws FlowError `bad-variable` for text that is not an address
 */
export function proxyFor(url: string, env: NodeJS.ProcessEnv): Proxy | undefined {
  // A wrong endpoint is reported where it is used.
  if (!URL.canParse(url)) return undefined;
  const { protocol, hostname, port } = new URL(url);
  const scheme = protocol === 'https:' ? 'https' : 'http';
  const name = [`${scheme}_proxy`, `${scheme}_proxy`.toUpperCase(), 'all_proxy', 'ALL_PROXY'].find((one) => env[one]);
  if (name === undefined) return undefined;
  if (isExcepted(hostname, port || (scheme === 'https' ? '443' : '80'), env['no_proxy'] ?? env['NO_PROXY'] ?? ''))
    return undefined;
  const text = env[name] ?? '';
  const address = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!/^https?:/i.test(address) || !URL.canParse(address)) throw badProxy(name);
  const parsed = new URL(address);
  if (parsed.password) {
    hide(parsed.password);
    hide(decodeURIComponent(parsed.password));
  }
  return { url: parsed.href, host: parsed.host, from: name };
}

/** Entries are a host, a domain with or without its dot, each with or without a port; `*` is every host. */
function isExcepted(hostname: string, port: string, exceptions: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  return exceptions
    .toLowerCase()
    .split(/[,\s]+/)
    .some((entry) => {
      if (entry === '*') return true;
      // Colons are an IPv6 address's own, unless it stands in brackets.
      const parts = /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(entry.replace(/^\*?\./, ''));
      const [name, only] = parts ? [parts[1] ?? parts[2] ?? '', parts[3]] : [entry, undefined];
      if (name === '' || (only !== undefined && only !== port)) return false;
      return host === name || host.endsWith(`.${name}`);
    });
}

function badProxy(name: string): FlowError {
  return new FlowError({
    code: 'bad-variable',
    what: `The variable ${name} holds no address of an HTTP proxy.`,
    next: 'It looks like http://proxy.example.com:3128; other kinds of proxies are not supported.',
  });
}
