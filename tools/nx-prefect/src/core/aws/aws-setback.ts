import { causeCode, networkSetback } from '../network/causes';
import type { Setback } from '../retry';

/** An answer that AWS does not give. */
export class StrangeAwsAnswer extends Error {
  override readonly name = 'StrangeAwsAnswer';
}

/** What the SDK says of a failure when it asks whether to try again; see RetryErrorInfo of @smithy/types. */
export interface SdkFailure {
  error?: unknown;
  errorType: string;
  retryAfterHint?: Date | undefined;
}

/** What a failed call is to the one policy of retries. The SDK knows AWS's words for "too much at once". */
export function awsSetback({ error, errorType, retryAfterHint }: SdkFailure): Setback {
  if (error instanceof StrangeAwsAnswer) return { kind: 'final' };
  const status = (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;
  if (errorType === 'CLIENT_ERROR' && !isFromNetwork(error)) return { kind: 'final' };
  if (status === undefined && isFromNetwork(error)) return networkSetback(isTimeout(error) ? silent : error);
  return { kind: 'busy', ...(retryAfterHint ? { retryAfterMs: retryAfterHint.getTime() - Date.now() } : {}) };
}

/** The socket's timeout, in the SDK's words. */
const silent = { code: 'ETIMEDOUT' };

export function isFromNetwork(error: unknown): boolean {
  return isTimeout(error) || causeCode(error ?? {}) !== undefined;
}

function isTimeout(error: unknown): boolean {
  return (error as Error | undefined)?.name === 'TimeoutError';
}
