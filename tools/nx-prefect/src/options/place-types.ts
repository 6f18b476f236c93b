import { text, textLike } from './option-types';

/** The regions of all partitions look so: us-east-1, ap-southeast-3, us-gov-west-1, cn-north-1. */
export const awsRegion = textLike(/^[a-z]{2}(-[a-z]+)+-\d+$/, 'must be a region of AWS, for example eu-west-1');

/** Amazon's rules for names of buckets in general use. */
const BUCKET = /^(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
export const bucket = textLike(
  BUCKET,
  'must be the name of a bucket alone (3 to 63 of a-z, 0-9, "." and "-"): no s3://, ARN or path; s3Prefix has the path',
);

/** S3 allows 1,024 bytes a key; the digest and a file's path follow. */
export const keyPrefix = textLike(
  /^(?!\/)(?!.*\/\/)(?!(?:.*\/)?\.{1,2}(?:\/|$))[^\\]{1,500}$/,
  'must be a path such as team/flows: without "\\", a "/" at its start, empty parts, "." or ".."',
);

const HTTP = 'must be an address such as http://127.0.0.1:4200/api';

/** What is wrong with the address of a server, in words that do not repeat it: it may hold a password. */
export function urlFlaw(given: string): string | undefined {
  if (!/^https?:\/\/[^/]/i.test(given) || !URL.canParse(given)) return HTTP;
  const { username, password, search, hash } = new URL(given);
  if (username || password) return undefined; // has an error of its own, with what to set instead
  return search || hash ? `${HTTP}, without "?" and "#"` : undefined;
}

export const httpUrl = text.check((context) => {
  const message = urlFlaw(context.value);
  if (message !== undefined) context.issues.push({ code: 'custom', message, input: context.value });
});
