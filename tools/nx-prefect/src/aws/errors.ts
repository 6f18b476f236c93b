import { FlowError } from '../errors';

export interface AwsCall {
  /** API action, say `ListObjectsV2`. */
  action: string;
  bucket: string;
  profile: string | undefined;
  region: string | undefined;
}

/** A failed AWS call as one line that says what was tried: action, bucket, profile, region. */
export function awsError(error: unknown, call: AwsCall): FlowError {
  if (error instanceof FlowError) return error;
  const { name, message } = error as Error;
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  const tried = `${call.action} on bucket ${call.bucket} (profile ${call.profile ?? process.env['AWS_PROFILE'] ?? 'default chain'}, region ${call.region ?? 'none'})`;
  const known = explanation(name, message, status, call);
  return new FlowError({ code: known.code, what: `${known.what}: ${tried}.`, next: known.next, cause: error });
}

function explanation(name: string, message: string, status: number | undefined, { bucket, profile }: AwsCall): { code: string; what: string; next: string } {
  if (/Region is missing/i.test(message)) {
    return { code: 'aws-no-region', what: 'No AWS region is set', next: 'Set the option "awsRegion" or AWS_REGION.' };
  }
  if (/CredentialsProviderError|TokenProviderError|SSO/i.test(name)) {
    const login = profile ? `aws sso login --profile ${profile}` : 'aws configure, or set AWS_PROFILE or the option "awsProfile"';
    return { code: 'aws-no-credentials', what: `No AWS credentials could be found (${message.split('\n')[0]})`, next: `Log in: ${login}.` };
  }
  if (name === 'NoSuchBucket') {
    return { code: 'bucket-not-found', what: 'The bucket does not exist', next: `Create it (aws s3 mb s3://${bucket}) or correct the option "s3Bucket".` };
  }
  if (status === 403 || /AccessDenied|InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken/.test(name)) {
    return { code: 'aws-denied', what: `AWS refused it (${name})`, next: 'Check the credentials, and that they may list and put objects in the bucket.' };
  }
  if (status === 301 || name === 'PermanentRedirect') {
    return { code: 'aws-wrong-region', what: 'The bucket lies in another region', next: 'Set the option "awsRegion" to the region of the bucket.' };
  }
  return { code: 'aws-failed', what: `AWS failed (${name}: ${message.split('\n')[0]})`, next: 'Run the command again; if it stays, check the network and the status of S3.' };
}
