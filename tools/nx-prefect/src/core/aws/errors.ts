import { FlowError } from '../errors';

export interface AwsCall {
  /** API action, say `ListObjectsV2`. */
  action: string;
  resource: { kind: 'bucket' | 'repository'; name: string };
  profile: string | undefined;
  region: string | undefined;
}

/** A failed AWS call as one line that says what was tried: action, bucket or repository, profile, region. */
export function awsError(error: unknown, call: AwsCall): FlowError {
  if (error instanceof FlowError) return error;
  const { name, message } = error as Error;
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  const { kind, name: resource } = call.resource;
  const tried =
    `${call.action} on ${kind} ${resource} ` +
    `(profile ${call.profile ?? process.env['AWS_PROFILE'] ?? 'default chain'}, region ${call.region ?? 'none'})`;
  const known = explanation(name, message, status, call);
  return new FlowError({ code: known.code, what: `${known.what}: ${tried}.`, next: known.next, cause: error });
}

type Explanation = { code: string; what: string; next: string };

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
  { action, resource, profile }: AwsCall,
): Explanation {
  const words = WORDS[resource.kind];
  if (/Region is missing/i.test(message)) {
    return {
      code: 'aws-no-region',
      what: 'No AWS region is set',
      next: `Set the option "${words.region}" or AWS_REGION.`,
    };
  }
  if (/CredentialsProviderError|TokenProviderError|SSO/i.test(name)) {
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
  return {
    code: 'aws-failed',
    what: `AWS failed (${name}: ${firstLine(message)})`,
    next: `Run the command again; if it stays, check the network and the status of ${words.service}.`,
  };
}

function firstLine(message: string): string {
  return message.split('\n')[0] ?? '';
}
