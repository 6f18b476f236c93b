import { z } from 'zod';
import { object, text } from './option-types';
import { awsRegion } from './place-types';

/** Where a registry lies, and who asks it. */
export const registryOptions = {
  region: awsRegion.optional().describe('AWS region of the registry. Default: the region that the AWS SDK finds.'),
  awsProfile: text
    .optional()
    .describe('AWS profile. Default: AWS_PROFILE, else the credentials that the AWS SDK finds.'),
  roleArn: text
    .refine(
      (value) => typeof value !== 'string' || /^arn:[\w-]+:iam::\d{12}:role\/\S+$/.test(value),
      'must be the ARN of a role',
    )
    .optional()
    .describe('Role to assume with these credentials, for example in the account of the registry.'),
  externalId: text.optional().describe('External id that the role asks for.'),
  registryId: z
    .preprocess(
      (value) => (typeof value === 'number' ? String(value).padStart(12, '0') : value),
      z.string().regex(/^\d{12}$/, 'must be an AWS account: 12 digits'),
    )
    .optional()
    .describe('AWS account of the registry. Default: the account of the credentials.'),
};

const destination = object(
  z.strictObject(registryOptions, {
    error: ({ code }) => (code === 'invalid_type' ? 'must be a JSON object: {"region": "eu-west-1"}' : undefined),
  }),
);

/** `--destinations='[{...}, {...}]'`, and one or several `--destinations='{...}'`. */
export const destinations = object(
  z.preprocess(
    (value) => (value === undefined || Array.isArray(value) ? value : [value]),
    z.array(destination).refine((given) => new Set(given.map((each) => JSON.stringify(each))).size === given.length, {
      error: 'must not name a registry twice',
    }),
  ),
);
