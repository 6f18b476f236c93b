import { fromNodeProviderChain, fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import type { MiddlewareStack, RetryStrategyV2 } from '@smithy/types';
import { limitsFrom } from '../limits';
import { Line } from '../line';
import { routeTo } from '../network/route';
import { agentsFor } from './aws-agents';
import { StrangeAwsAnswer, awsSetback } from './aws-setback';

/** A role of AWS's, for example in another account. */
export interface Role {
  arn: string;
  externalId: string | undefined;
}

interface Where {
  profile: string | undefined;
  region: string | undefined;
  /** Assumed with the credentials that are found. */
  role?: Role | undefined;
  /** Undefined = Amazon's own. */
  endpoint: string | undefined;
  /** First part of the host: `s3`. */
  service: string;
  /** Told that one waits. */
  say: (line: string) => void;
}

/** A connection that is not there after so long will not be there. */
const CONNECTION_MS = 10_000;

/**
 * What all of AWS's clients are made with: credentials as the SDK finds them, for a profile if one is named; the one
 * policy of retries; proxies and certificates of the environment.
 * @throws FlowError for variables that say nothing usable of the way
 */
export async function clientOptions({ profile, region: given, role, endpoint, service, say }: Where) {
  const env = process.env;
  // The second is the name that AWS's CLI and Python have for it, and this SDK has not.
  const region = given ?? (env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || undefined);
  const host = `${service}.${region ?? 'us-east-1'}.amazonaws.com`;
  const url = endpoint ?? `https://${host}`;
  const line = new Line(URL.canParse(url) ? new URL(url).host : url, limitsFrom(env), say);
  const route = routeTo(url, env, { variables: ['AWS_CA_BUNDLE', 'SSL_CERT_FILE'] });
  const requestHandler = {
    connectionTimeout: Math.min(CONNECTION_MS, line.limits.silenceMs),
    socketTimeout: line.limits.silenceMs,
    ...(await agentsFor(route)),
  };
  // Logins, and AWS's service for roles, are asked the same way.
  const found = fromNodeProviderChain({ ...(profile ? { profile } : {}), clientConfig: { requestHandler } });
  return {
    credentials: role === undefined ? found : assumed(role, found, { requestHandler, ...(region ? { region } : {}) }),
    ...(region ? { region } : {}),
    ...(profile ? { profile } : {}),
    requestHandler,
    retryStrategy: strategy(line),
    line,
  };
}

function assumed(
  { arn, externalId }: Role,
  masterCredentials: ReturnType<typeof fromNodeProviderChain>,
  clientConfig: object,
): ReturnType<typeof fromTemporaryCredentials> {
  const params = { RoleArn: arn, RoleSessionName: 'nx-prefect', ...(externalId ? { ExternalId: externalId } : {}) };
  return fromTemporaryCredentials({ masterCredentials, params, clientConfig });
}

/** The one policy of retries in the form that the SDK asks. */
function strategy(line: Line): RetryStrategyV2 {
  const token = (tries: number, waited: number, delay: number) => ({
    getRetryCount: () => tries - 1,
    getRetryDelay: () => delay,
    tries,
    waited,
  });
  return {
    acquireInitialRetryToken: async () => {
      line.requireThere();
      return token(1, 0, 0);
    },
    refreshRetryTokenForRetry: async (last, failure) => {
      const { tries, waited } = last as ReturnType<typeof token>;
      const pause = line.pauseAfter(tries, awsSetback(failure), waited);
      if (pause === undefined) throw failure.error ?? new Error('The call failed.');
      line.requireThere();
      return token(tries + 1, waited + pause, pause);
    },
    recordSuccess: () => line.heard(),
  };
}

/** What comes back, before the SDK makes anything of it. */
export interface AwsAnswer {
  /** API action, for example `PutObject`. */
  action: string;
  status: number;
  header(name: string): string | undefined;
}

/**
 * Says that one waits, and refuses what AWS does not answer.
 * @param strange words for an answer that this service can't have sent; undefined = it may have
 */
export function watch<In extends object, Out extends object>(
  stack: MiddlewareStack<In, Out>,
  line: Line,
  strange: (answer: AwsAnswer) => string | undefined,
): void {
  stack.add((next) => (args) => line.during(() => next(args)), { step: 'build', name: 'nxPrefectWaiting' });
  stack.add(
    (next, { commandName }) =>
      async (args) => {
        const result = await next(args);
        const { statusCode, headers } = result.response as { statusCode: number; headers: Record<string, string> };
        const action = (commandName ?? '').replace(/Command$/, '');
        const what = strange({ action, status: statusCode, header: (name) => headers[name] });
        if (what !== undefined) throw new StrangeAwsAnswer(what);
        return result;
      },
    // Next to the network: before the SDK reads the body.
    { step: 'deserialize', priority: 'low', name: 'nxPrefectStrange' },
  );
}
