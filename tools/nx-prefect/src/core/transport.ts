/** A server that was there and cut the line; one that was never reached will not be there in a second. */
export function isCut(error: unknown): boolean {
  return ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(causeCode(error) ?? '');
}

export function causeCode(error: unknown): string | undefined {
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  if (typeof code === 'string') return code;
  return cause ? causeCode(cause) : undefined;
}

/** What undici wraps in "fetch failed". */
export function rootCause(error: unknown): Error {
  const { cause } = error as { cause?: unknown };
  return cause instanceof Error ? rootCause(cause) : (error as Error);
}
