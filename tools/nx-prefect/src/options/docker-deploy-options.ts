import { z } from 'zod';
import { flag, object, text, words } from './option-types';
import { awsRegion } from './place-types';

const repositoryName = /^(?=.{2,256}$)(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/;
const tag = z.string().regex(/^[\w][\w.-]{0,127}$/, 'a tag has letters, digits, ".", "_" and "-"');

/** A number of a JSON file has lost something: 1.10 is 1.1, 1.0 is 1, and the commit 123456e7 one of 13 digits. */
const LOST = 'came as a number, and 1.10 is 1.1 then: put it in quotes; what is typed, as --tags=1.10, stays text';
/** `--tags=` is none: the image lies under its content tag alone. */
const tags = z.preprocess(
  (value) =>
    typeof value === 'string' ? value.split(',').filter(Boolean) : typeof value === 'number' ? [value] : value,
  z.array(z.string({ error: LOST }).pipe(tag)),
);

/** A number has lost something: 3.10 is 3.1. So an argument with a number goes into quotes, or after a "=". */
const buildArgs = z.preprocess(
  (value) => (typeof value === 'string' || Array.isArray(value) ? fromPairs([value].flat()) : value),
  z.record(z.string(), z.string({ error: 'must be text: write "3.10" in quotes, or --buildArgs=NAME=3.10' })),
);

/** Commas divide a cache's fields, and caches: `type=registry,ref=a,type=gha`. */
const caches = z.preprocess(
  (value) =>
    (typeof value === 'string' && value !== '') || Array.isArray(value)
      ? [value]
          .flat()
          .join(',')
          .split(/,(?=type=|[^,=]+(?:,|$))/)
          .filter(Boolean)
      : value,
  z.array(z.string(), { error: 'must be a list of caches, and not empty' }),
);

const secret = z.union([z.strictObject({ env: text }), z.strictObject({ file: text })], {
  error: 'must name where the secret is: {"env": "PIP_TOKEN"} or {"file": "~/.netrc"}',
});

const repository = z.strictObject({
  scanOnPush: flag.default(true),
  immutableTags: flag.default(false),
  lifecyclePolicy: z.union([z.record(z.string(), z.unknown()), z.string().min(1)]).optional(),
  encryption: z
    .string()
    .regex(/^(?:AES256|KMS|arn:\S+)$/, 'must be AES256, KMS or the ARN of a key')
    .default('AES256'),
});

export const schema = z.strictObject({
  imageName: z
    .string({
      error: 'must be text: a number such as 1.10 has lost a digit; set it in nx.json or project.json, in quotes',
    })
    .pipe(
      z
        .string()
        .regex(
          repositoryName,
          'must be a repository of ECR: lower-case words with ".", "_", "-" or "/" between them, no tag',
        ),
    )
    .optional()
    .describe(
      'Repository in ECR. Default: custom-prefect-<version>-python<version> for the root, ' +
        '<project>-prefect-<version>-python<version> for other projects.',
    ),
  dockerfile: text
    .optional()
    .describe("Path of the Dockerfile from the workspace root. Default: the one in the project's folder."),
  context: text
    .optional()
    .describe('Path of the build context from the workspace root. Default: the folder of the Dockerfile.'),
  region: awsRegion.optional().describe('AWS region of the registry. Default: the region that the AWS SDK finds.'),
  awsProfile: text
    .optional()
    .describe('AWS profile. Default: AWS_PROFILE, else the credentials that the AWS SDK finds.'),
  registryId: z
    .preprocess(
      (value) => (typeof value === 'number' ? String(value).padStart(12, '0') : value),
      z.string().regex(/^\d{12}$/, 'must be an AWS account: 12 digits'),
    )
    .optional()
    .describe('AWS account of the registry. Default: the account of the credentials.'),
  tags: tags
    .default(['latest'])
    .describe('Tags in addition to the content tag nx-<hash>: v1,latest. --tags= sets none. Default: latest.'),
  platforms: words
    .default([])
    .describe("Platforms to build for: linux/amd64,linux/arm64. Default: Linux on this machine's processor."),
  buildArgs: buildArgs
    .default({})
    .describe('Build arguments: {"PYTHON_VERSION": "3.11"}, or --buildArgs=PYTHON_VERSION=3.11.'),
  secrets: object(z.record(z.string().regex(/^[\w.-]+$/), secret))
    .default({})
    .describe(
      'Build secrets by id: {"pip": {"env": "PIP_TOKEN"}, "netrc": {"file": "~/.netrc"}}. ' +
        'They are not part of the content tag.',
    ),
  target: text.optional().describe('Stage of the Dockerfile to build. Default: the last one.'),
  args: words.default([]).describe('More arguments for the build: --network=none. They are part of the content tag.'),
  engine: z
    .enum(['docker', 'podman', 'buildah'])
    .optional()
    .describe('Container engine. Default: the first of docker, podman and buildah that answers.'),
  cacheFrom: caches.default([]).describe('Caches that the engine may read layers from, as for --cache-from.'),
  cacheTo: caches.default([]).describe('Caches that the engine writes layers to, as for --cache-to.'),
  push: flag.default(true).describe('Push to ECR. --no-push only builds, without any call to AWS. Default: true.'),
  dryRun: flag.default(false).describe('Show what would be done. It only reads from ECR.'),
  createRepository: flag.default(true).describe('Create the repository if it does not exist. Default: true.'),
  repository: object(repository)
    .prefault({})
    .describe(
      'Settings for a repository that is created: scanOnPush, immutableTags, lifecyclePolicy (JSON or a file), ' +
        'encryption (AES256, KMS or the ARN of a key).',
    ),
});

export type DeployOptions = z.infer<typeof schema>;
export type RepositorySettings = DeployOptions['repository'];

function fromPairs(pairs: unknown[]): unknown {
  return Object.fromEntries(
    pairs
      .flatMap((pair) => String(pair).split(/,(?=[A-Za-z_]\w*=)/))
      .map((pair) => [pair.split('=', 1)[0], pair.includes('=') ? pair.slice(pair.indexOf('=') + 1) : undefined]),
  );
}
