import type { ErrorCode } from '../error-codes';
import { FlowError } from '../errors';
import { failureWords } from '../network/failure-words';
import { routeTo } from '../network/route';
import { StrangeAwsAnswer, isFromNetwork } from './aws-setback';

export interface AwsCall {
  /** API action, say `ListObjectsV2`. */
  action: string;
  resource: { kind: 'bucket' | 'repository'; name: string };
  profile: string | undefined;
  region: string | undefined;
  /** Undefined = Amazon's own. */
  endpoint?: string | undefined;
  /** Whether a profile is named that AWS's files don't have. */
  hasNoProfile?: boolean;
}

/** One call of the API, asked of a client of the SDK. @throws FlowError whatever went wrong, in one line */
export async function callAws<C extends { config: { region(): Promise<string> } }, T>(
  client: C,
  call: Omit<AwsCall, 'region' | 'hasNoProfile'>,
  send: (client: C) => Promise<T>,
): Promise<T> {
  try {
    return await send(client);
  } catch (error) {
    const region = await client.config.region().catch(() => undefined);
    throw awsError(error, { ...call, region, hasNoProfile: await isProfileMissing(call.profile) });
  }
}

async function isProfileMissing(profile = process.env['AWS_PROFILE']): Promise<boolean> {
  if (!profile) return false;
  const { loadSharedConfigFiles } = await import('@smithy/core/config');
  const { configFile, credentialsFile } = await loadSharedConfigFiles();
  return !Object.hasOwn(configFile, profile) && !Object.hasOwn(credentialsFile, profile);
}

/** A failed AWS call as one line that says what was tried: action, bucket or repository, profile, region. */
export function awsError(error: unknown, call: AwsCall): FlowError {
  const own = flowErrorIn(error);
  if (own) return own;
  const { name, message } = error as Error;
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  const { kind, name: resource } = call.resource;
  const tried =
    `${call.action} on ${kind} ${resource} ` +
    `(profile ${call.profile ?? process.env['AWS_PROFILE'] ?? 'default chain'}, region ${call.region ?? 'none'})`;
  const known = unreached(error, status, call) ?? explanation(name, message, status, call);
  const said = known.said ? ` AWS says: ${known.said.replace(/\.?$/, '.')}` : '';
  return new FlowError({ code: known.code, what: `${known.what}: ${tried}.${said}`, next: known.next, cause: error });
}

/** The SDK wraps what middleware throws. */
function flowErrorIn(error: unknown): FlowError | undefined {
  if (error instanceof FlowError) return error;
  const { cause } = error as { cause?: unknown };
  return cause ? flowErrorIn(cause) : undefined;
}

/** What happened before an answer was there. */
function unreached(error: unknown, status: number | undefined, call: AwsCall): Explanation | undefined {
  const { service } = WORDS[call.resource.kind];
  const at = call.endpoint === undefined ? service : `${service} at ${call.endpoint}`;
  if (error instanceof StrangeAwsAnswer) {
    return {
      code: 'not-an-aws-api',
      what: `${at} answered something that is not ${service}'s API (${error.message})`,
      next: 'Check the endpoint, and whether a proxy or a login page answers in its place.',
    };
  }
  if (status !== undefined || !isFromNetwork(error)) return undefined;
  const route = routeTo(call.endpoint ?? 'https://amazonaws.com', process.env, { variables: [] });
  const { code, why, next } = failureWords(error, route, 'AWS_CA_BUNDLE or NODE_EXTRA_CA_CERTS');
  return {
    code: code === 'server-unreachable' ? 'aws-unreachable' : code,
    what: `${at} can't be reached: ${why}`,
    next,
  };
}

/** @property said AWS's own reason */
type Explanation = { code: ErrorCode; what: string; next: string; said?: string };

/** What the two services call their things. */
const WORDS = {
  bucket: { region: 'awsRegion', service: 'S3', may: () => 'list and put objects in the bucket' },
  repository: { region: 'region', service: 'ECR', may: (action: string) => `do ecr:${action}` },
};

const REFUSED = new RegExp(
  [
    'AccessDenied',
    'InvalidAccessKeyId',
    'SignatureDoesNotMatch',
    'ExpiredToken',
    'UnrecognizedClient',
    'InvalidSignature',
    'InvalidClientTokenId',
  ].join('|'),
);

function explanation(
  name: string,
  message: string,
  status: number | undefined,
  { action, resource, profile, hasNoProfile }: AwsCall,
): Explanation {
  const words = WORDS[resource.kind];
  if (/Region is missing/i.test(message)) {
    return {
      code: 'aws-no-region',
      what: 'No AWS region is set',
      next: `Set the option "${words.region}", AWS_REGION or AWS_DEFAULT_REGION.`,
    };
  }
  const isWithoutCredentials = /CredentialsProviderError|TokenProviderError|SSO/i.test(name);
  if (isWithoutCredentials && hasNoProfile) {
    return {
      code: 'aws-no-credentials',
      what:
        'No AWS credentials could be found ' +
        `(there is no profile ${profile ?? process.env['AWS_PROFILE']} in AWS's configuration files)`,
      next: 'Correct the option "awsProfile" or AWS_PROFILE; `aws configure list-profiles` shows what there is.',
    };
  }
  if (isWithoutCredentials) {
    const login = profile
      ? `aws sso login --profile ${profile}`
      : 'aws configure, or set AWS_PROFILE or the option "awsProfile"';
    return {
      code: 'aws-no-credentials',
      what: `No AWS credentials could be found (${firstLine(message)})`,
      next: `Log in: ${login}.`,
    };
  }
  if (name === 'NoSuchBucket') {
    return {
      code: 'bucket-not-found',
      what: 'The bucket does not exist',
      next: `Create it (aws s3 mb s3://${resource.name}) or correct the option "s3Bucket".`,
    };
  }
  if (status === 403 || REFUSED.test(name)) {
    return {
      code: 'aws-denied',
      what: `AWS refused it (${name})`,
      said: message === name ? '' : firstLine(message),
      next: `Check the credentials, and that they may ${words.may(action)}.`,
    };
  }
  if (status === 301 || name === 'PermanentRedirect') {
    return {
      code: 'aws-wrong-region',
      what: 'The bucket lies in another region',
      next: 'Set the option "awsRegion" to the region of the bucket.',
    };
  }
  if (name === 'ImageTagAlreadyExistsException') {
    return {
      code: 'image-tag-immutable',
      what: `The repository's tags are immutable, and another image has this one (${firstLine(message)})`,
      next:
        'Deploy under tags that are new each time (the option "tags"), or under none: --tags=. ' +
        'The content tag is there either way.',
    };
  }
  if (isStrange(name, status)) {
    return {
      code: 'not-an-aws-api',
      what: `Something else than ${words.service} answered (${status ?? name})`,
      next: 'Check the endpoint, and whether a proxy or a login page answers in its place.',
    };
  }
  return {
    code: 'aws-failed',
    what: `AWS failed (${name}: ${firstLine(message)})`,
    next: `Run the command again. If the error stays, check the network and the status of ${words.service}.`,
  };
}

/** A redirect that S3 does not give, or a body that the SDK can't read. */
function isStrange(name: string, status: number | undefined): boolean {
  return name === 'SyntaxError' || (status !== undefined && status >= 300 && status < 400);
}

function firstLine(message: string): string {
  return message.split('\n')[0] ?? '';
}
