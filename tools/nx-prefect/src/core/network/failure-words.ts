import { causeCode, rootCause } from './causes';
import type { Route } from './route';
import { Silence } from './silence';

/** Why nobody was reached, and what to do. */
export interface FailureWords {
  code: 'server-unreachable' | 'bad-certificate' | 'proxy-refused';
  /** Stands after "can't be reached: ". */
  why: string;
  next: string;
}

const REACH = 'Check the address and that the server runs.';
const NETWORK = 'Check the network of this machine (VPN, firewall, proxy).';
const CUT: [why: string, next: string] = [
  'the connection broke again and again',
  'Run the command again. If the error stays, read the log of the server.',
];

const KNOWN: Record<string, [why: string, next: string]> = {
  ECONNREFUSED: ['nothing listens there', REACH],
  ENOTFOUND: ['there is no host with that name', 'Correct the address, or connect to the network that knows it (VPN).'],
  EAI_AGAIN: ['the name server does not answer', NETWORK],
  EHOSTUNREACH: ['that host is unreachable', NETWORK],
  ENETUNREACH: ['that network is unreachable', NETWORK],
  ETIMEDOUT: ['the host does not answer', NETWORK],
  UND_ERR_CONNECT_TIMEOUT: ['the host does not answer', NETWORK],
  ECONNRESET: CUT,
  UND_ERR_SOCKET: CUT,
};

const UNTRUSTED = /SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|CERT_(UNTRUSTED|SIGNATURE_FAILURE|CHAIN_TOO_LONG)|INVALID_CA/;

/** @param trust what names certificates to trust: `PREFECT_API_SSL_CERT_FILE or NODE_EXTRA_CA_CERTS` */
export function failureWords(error: unknown, route: Route, trust: string): FailureWords {
  const code = causeCode(error) ?? '';
  const cause = rootCause(error);
  const via = route.proxy ? `, through the proxy ${route.proxy.host} (from ${route.proxy.from})` : '';
  const words = (why: string, next: string): FailureWords => ({ code: 'server-unreachable', why: why + via, next });
  if (error instanceof Silence) {
    return words(
      `it accepted the request, then sent nothing for ${error.seconds} s`,
      'Run the command again. If the error stays, read its log.',
    );
  }
  const [, status] = /Proxy response \((\d+)\)/.exec(cause.message) ?? [];
  if (route.proxy && status !== undefined) {
    const next = status === '407' ? 'Put the user and password of the proxy into it.' : 'Ask who runs the proxy.';
    return {
      code: 'proxy-refused',
      why: `the proxy ${route.proxy.host} (from ${route.proxy.from}) answered ${status}`,
      next,
    };
  }
  if (UNTRUSTED.test(code)) {
    const why = `its certificate is not trusted (${code})${via}`;
    return { code: 'bad-certificate', why, next: `Name the file of the authority that signed it in ${trust}.` };
  }
  if (/CERT_HAS_EXPIRED|CERT_NOT_YET_VALID|ALTNAME_INVALID/.test(code)) {
    const next = code.includes('ALTNAME')
      ? 'Use the host name that the certificate is for.'
      : 'Give the server a valid certificate, and check the clock of this machine.';
    return { code: 'bad-certificate', why: `its certificate is not valid (${code})${via}`, next };
  }
  if (/^(EPROTO|ERR_SSL_)/.test(code))
    return words(`it does not speak TLS (${code})`, 'Begin the address with http://');
  const [why, next] = KNOWN[code] ?? [undefined, REACH];
  return words(why === undefined ? code || cause.message : `${code} (${why})`, next);
}
