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

const CODE = 'must be local, s3://<bucket>/<prefix>, git, image or pull';
const HTTP = 'must be an address such as http://127.0.0.1:4200/api';

/** `s3://bucket/prefix`; the prefix may be missing. */
const S3_URL = /^s3:\/\/([^/]*)(?:\/(.*?))?\/*$/s;

/** Bucket and prefix of an address of S3; undefined for any other text. */
export function s3Parts(url: string): { bucket: string; prefix: string } | undefined {
  const [, name, prefix = ''] = S3_URL.exec(url) ?? [];
  return name === undefined ? undefined : { bucket: name, prefix };
}

/** Where code may lie, beside a bucket. */
const CODE_PLACES: ReadonlySet<string> = new Set(['local', 'git', 'image', 'pull']);

export const codePlace = text.check((context) => {
  const { value } = context;
  if (CODE_PLACES.has(value)) return;
  const parts = s3Parts(value);
  const flawed = parts && [bucket.safeParse(parts.bucket), keyPrefix.safeParse(parts.prefix || 'none')];
  const flaw = flawed?.find(({ success }) => !success)?.error?.issues[0]?.message;
  if (flawed && flaw === undefined) return;
  const message = flawed ? `has a bucket or prefix that ${flaw}` : CODE;
  context.issues.push({ code: 'custom', message, input: value });
});

/** An address that git clones from, without a password: the server shows it. */
export const gitAddress = textLike(
  /^(?!-)(?!https?:\/\/[^/]*@)(?![a-z+]+:\/\/[^/]*:[^/@]*@)\S+$/,
  'must be an address that git can clone, without a user and password (gitCredentials names a block)',
);

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
