import { Silence } from './silence';
import type { Setback } from '../retry';

const CUT = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'UND_ERR_SOCKET', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH']);
const SILENT = new Set(['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

/** A server that was there and cut the line; one that was never reached will not be there in a second. */
export function isCut(error: unknown): boolean {
  const code = causeCode(error);
  // An answer that ends in the middle of a compressed body or of a chunk.
  return CUT.has(code ?? '') || /^(HPE_|Z_)/.test(code ?? '') || rootCause(error).message === 'aborted';
}

/** What an error of the network is to the one policy of retries. */
export function networkSetback(error: unknown): Setback {
  if (error instanceof Silence || SILENT.has(causeCode(error) ?? '')) return { kind: 'silent' };
  return isCut(error) ? { kind: 'cut' } : { kind: 'unreachable' };
}

export function causeCode(error: unknown): string | undefined {
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown[] };
  if (typeof code === 'string') return code;
  // One error for each address of a host.
  if (Array.isArray(errors) && errors[0]) return causeCode(errors[0]);
  return cause ? causeCode(cause) : undefined;
}

/** What undici wraps in "fetch failed". */
export function rootCause(error: unknown): Error {
  const { cause } = error as { cause?: { message?: unknown } };
  return typeof cause?.message === 'string' ? rootCause(cause) : (error as Error);
}
