import { z } from 'zod';
import { engineArguments } from './engine-arguments';
import { flag, object, text, words } from './option-types';
import { destinations, registryOptions } from './registry-options';

const repositoryName = /^(?=.{2,256}$)(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/;
const tag = z
  .string()
  .regex(/^[\w][\w.-]{0,127}$/, 'a tag has letters, digits, ".", "_" and "-"')
  .regex(/^(?!nx-[0-9a-f]{40}$)/, 'must not look like a content tag (nx- and 40 digits)');
/** `BatchGetImage` answers for so many at once; the content tag is one of them. */
const MOST_TAGS = 100 - 1;

/** A number of a JSON file has lost something: 1.10 is 1.1, 1.0 is 1, and the commit 123456e7 one of 13 digits. */
const LOST = 'is a number here, so 1.10 becomes 1.1: put it in quotes. Typed values such as --tags=1.10 stay text';
/** `--tags=` means no tags: the image lies under its content tag alone. */
const tags = z.preprocess(
  (value) =>
    typeof value === 'string' ? value.split(',').filter(Boolean) : typeof value === 'number' ? [value] : value,
  z
    .array(z.string({ error: LOST }).pipe(tag))
    .transform((given) => [...new Set(given)])
    .refine(({ length }) => length <= MOST_TAGS, {
      error: ({ input }) =>
        `must be at most ${MOST_TAGS} and are ${(input as string[]).length}: ECR answers for 100 tags in one call, ` +
        'and one of them is the content tag',
    }),
);

/** `--buildArgs=A=1,B=2` and `--buildArgs=A=1 --buildArgs=B=2`. @param otherwise the value of a name alone */
const pairs =
  (name: RegExp, otherwise: (name: string) => string | undefined = () => undefined) =>
  (value: unknown): unknown => {
    if (typeof value === 'string' && value.startsWith('{')) return object(z.unknown()).parse(value);
    if (typeof value !== 'string' && !Array.isArray(value)) return value;
    const isNext = new RegExp(`,(?=${name.source}=)`);
    const each = [value].flat().flatMap((given) => String(given).split(String(given).includes('=') ? isNext : ','));
    return Object.fromEntries(
      each.map((pair) => {
        const [key = ''] = pair.split('=', 1);
        return [key, pair.includes('=') ? pair.slice(key.length + 1) : otherwise(key)];
      }),
    );
  };
const named = <T extends z.ZodType>(name: RegExp, values: T) =>
  z.record(z.string().regex(new RegExp(`^(?:${name.source})$`)), values, {
    error: ({ code }) => (code === 'invalid_key' ? 'has an impossible name' : undefined),
  });

const VARIABLE = /[A-Za-z_]\w*/;
/**
 * One without a value has that of the environment's variable, as for the engines: so the value counts. A number of a
 * JSON file has lost something, 3.10 is 3.1: so it goes into quotes.
 */
const buildArgs = z.preprocess(
  pairs(VARIABLE, (name) => process.env[name]),
  named(
    VARIABLE,
    z.string({
      error:
        'must be text: write "3.10" in quotes, or --buildArgs=NAME=3.10; ' +
        '--buildArgs=NAME takes its value from the environment, where NAME has to be set',
    }),
  ),
);

const LABEL = /[A-Za-z][\w./-]*/;
const labels = z.preprocess(
  pairs(LABEL),
  named(LABEL, z.string({ error: 'must be text: {"org.example.team": "data"}, or --labels=org.example.team=data' })),
);

const CONTEXT = /[A-Za-z0-9][\w./:-]*/;
const buildContexts = z.preprocess(
  pairs(CONTEXT),
  named(
    CONTEXT,
    z
      .string({ error: 'must be text: {"shared": "libs/shared"}, or --buildContexts=shared=libs/shared' })
      .regex(/^(?!oci-layout:)./, 'must be a folder of the workspace, docker-image://... or an address'),
  ),
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
  mutableTags: words.default([]),
  lifecyclePolicy: z.union([z.record(z.string(), z.unknown()), z.string().min(1)]).optional(),
  encryption: z
    .string()
    .regex(/^(?:AES256|KMS|arn:\S+)$/, 'must be AES256, KMS or the ARN of a key')
    .default('AES256'),
});

/** Of findings, the worst first. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'informational'] as const;

/** `--sbom` is true; text names the image that does it. */
const attestation = z.preprocess(
  (value) => (value === 'true' ? true : value === 'false' || value === false ? undefined : value),
  z.union([z.literal(true), text], { error: 'must be true, or the image of a generator' }).optional(),
);

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
  ...registryOptions,
  destinations: destinations
    .default([])
    .describe(
      'Registries that the image goes to, built once: [{"region": "eu-west-1"}, {"registryId": "210987654321", ' +
        '"roleArn": "arn:aws:iam::210987654321:role/deploy"}]. What one leaves out, the options beside say. ' +
        'Default: one registry, as they say.',
    ),
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
  buildContexts: buildContexts
    .default({})
    .describe(
      'More build contexts by name: {"shared": "libs/shared"} for a folder of the workspace, else ' +
        'docker-image://... or a URL.',
    ),
  labels: labels
    .default({})
    .describe(
      'Labels of the image: {"org.example.team": "data"}. Those that name the commit ' +
        '(org.opencontainers.image.revision, source, url, version, created) are not part of the content tag.',
    ),
  ssh: words
    .default([])
    .describe('SSH agents or keys for RUN --mount=type=ssh: default. They are not part of the content tag.'),
  args: engineArguments
    .default([])
    .describe('More arguments for the build: --network=none. They are part of the content tag.'),
  engine: z
    .enum(['docker', 'podman', 'buildah'])
    .optional()
    .describe('Container engine. Default: the first of docker, podman and buildah that answers.'),
  cache: z
    .enum(['ecr'], { error: 'must be ecr' })
    .optional()
    .describe(
      'ecr: layers of earlier builds are kept in the repository <imageName>/cache, for machines that start with none.',
    ),
  cacheFrom: caches.default([]).describe('Caches that the engine may read layers from, as for --cache-from.'),
  cacheTo: caches.default([]).describe('Caches that the engine writes layers to, as for --cache-to.'),
  failOn: z
    .enum(SEVERITIES, { error: `must be ${SEVERITIES.join(', ')}` })
    .optional()
    .describe(
      "Waits for ECR's scan of the image, and fails if it found anything of this severity or a higher one. " +
        'Tags stay where they are then; the image is there under its content tag.',
    ),
  sbom: attestation
    .optional()
    .describe('Attaches a list of the packages in the image: --sbom, or --sbom=<image of another generator>.'),
  provenance: z
    .preprocess(
      (value) =>
        value === true || value === 'true' ? 'min' : value === false || value === 'false' ? undefined : value,
      z.enum(['min', 'max'], { error: 'must be min or max' }).optional(),
    )
    .optional()
    .describe('Attaches how the image was built: --provenance=max with values of build arguments. min without.'),
  push: flag.default(true).describe('Push to ECR. --no-push only builds, without any call to AWS. Default: true.'),
  force: flag
    .default(false)
    .describe('Build without cached layers and push, even if ECR holds the image of this content.'),
  dryRun: flag.default(false).describe('Show what would be done. It only reads from ECR.'),
  createRepository: flag.default(true).describe('Create the repository if it does not exist. Default: true.'),
  repository: object(repository)
    .prefault({})
    .describe(
      'Settings for a repository that is created: scanOnPush, immutableTags, mutableTags (tags that may move even ' +
        'so: ["latest"]), lifecyclePolicy (JSON or a file), ' +
        'encryption (AES256, KMS or the ARN of a key).',
    ),
});

export type DeployOptions = z.infer<typeof schema>;
export type RepositorySettings = DeployOptions['repository'];
