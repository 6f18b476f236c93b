import { z } from 'zod';
import { flag, numberAsText, object, serverName, text, textLike, words } from './option-types';
import { isReservedTag, RESERVED_TAG_MESSAGE } from './reserved-tags';
import { awsRegion, bucket, httpUrl, keyPrefix } from './place-types';

/** `--jobVariables='{"cpu": 512}'` comes as text, `--jobVariables.cpu=512` as an object. */
const json = object(z.record(z.string(), z.unknown(), { error: 'must be a JSON object' }));

/** The server takes text only for the values of environment variables. */
const environment = json.pipe(
  z.record(
    z.string(),
    z.preprocess(numberAsText, z.union([z.string(), z.null()], { error: 'must be text, in quotes' })),
  ),
);
const jobVariables = json.pipe(z.looseObject({ env: environment.optional() }));

const tags = words.refine((all) => !all.some(isReservedTag), RESERVED_TAG_MESSAGE);

/** By name, or what a project's `docker-deploy` deployed. */
const image = z.union([text, z.strictObject({ projectOf: text })], {
  error: 'must be an image, or {"projectOf": "<project>"}',
});

export const schema = z.strictObject({
  apiUrl: httpUrl
    .optional()
    .describe('Address of the Prefect API. Default: PREFECT_API_URL, else the local server that npm start runs.'),
  deploymentName: serverName
    .default('default')
    .describe(
      'Name of a deployment for which the flow gives none. {project} and {flow} stand for the names of its two ' +
        'folders. Default: default.',
    ),
  workPool: serverName.optional().describe('Work pool. Default: PREFECT_DEFAULT_WORK_POOL_NAME.'),
  workQueue: serverName.optional().describe('Work queue of the pool. Default: its default queue.'),
  jobVariables: jobVariables
    .default({})
    .describe(
      "Job variables of the work pool, below the flow's own. Placeholders of blocks stay for the worker to resolve.",
    ),
  image: image
    .optional()
    .describe(
      'Image of the job, where the flow sets none: the job variable "image". ' +
        '{"projectOf": "<project>"}: what ECR holds of its docker-deploy, by digest.',
    ),
  env: json
    .transform((values) => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)])))
    .default({})
    .describe(
      "Environment variables of the run config (Prefect 0.15 to 1.x), below the flow's own. " +
        'Not for secrets: the server shows them.',
    ),
  prefectProject: text
    .optional()
    .describe("Project on the server (Prefect 0.15 to 1.x). Default: the name of the folder above the flow's."),
  createProject: flag
    .default(true)
    .describe('Create that project where the server has none of that name. Default: true.'),
  tags: tags.default([]).describe('Tags for the deployment, beside those of the flow.'),
  labels: tags
    .default([])
    .describe('Routing labels of Prefect 0.15/1.x. On Prefect 3 they become tags; workPool and workQueue route.'),
  s3Bucket: bucket
    .optional()
    .describe('Bucket for the code. Without one the code stays in .prefect-code/ of this machine.'),
  s3Prefix: keyPrefix.default('prefect-flows').describe('Prefix of the keys in the bucket. Default: prefect-flows.'),
  s3Credentials: textLike(/^[a-z0-9-]+\/[^/]+$/, 'must be a block as <type>/<name>, say aws-credentials/production')
    .optional()
    .describe('Block with which the worker reads the bucket, say aws-credentials/production. Default: its own role.'),
  awsProfile: text.optional().describe('AWS profile for the upload. Default: the AWS SDK finds credentials.'),
  awsRegion: awsRegion.optional().describe('AWS region of the bucket. Default: as the AWS SDK finds it.'),
  workspaceId: text
    .optional()
    .describe('Mark of what this workspace registers. Default: the name in the root package.json.'),
  takeOver: flag.default(false).describe('Overwrite registrations that carry the mark of another workspace.'),
  report: text.optional().describe('File to which one JSON line for each registration is appended.'),
});

/** As they are given. */
export type GivenOptions = z.infer<typeof schema>;

/** With the image by name. */
export type RegisterOptions = Omit<GivenOptions, 'image'> & { image?: string };
