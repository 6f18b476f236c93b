import { z } from 'zod';
import { object, text, words } from './option-types';

/** `--jobVariables='{"cpu": 512}'` comes as text, `--jobVariables.cpu=512` as an object. */
const json = object(z.record(z.string(), z.unknown()));

/** By name, or what a project's `docker-deploy` deployed. */
const image = z.union([text, z.strictObject({ projectOf: z.string().min(1) })], {
  error: 'must be an image, or {"projectOf": "<project>"}',
});

export const schema = z.strictObject({
  apiUrl: z
    .url({ protocol: /^https?$/, error: 'must be an address such as http://127.0.0.1:4200/api' })
    .optional()
    .describe('Address of the Prefect API. Default: PREFECT_API_URL, else the local server that npm start runs.'),
  deploymentName: text
    .default('default')
    .describe('Name of a deployment for which the flow gives none. Default: default.'),
  workPool: text.optional().describe('Work pool. Default: PREFECT_DEFAULT_WORK_POOL_NAME.'),
  workQueue: text.optional().describe('Work queue of the pool. Default: its default queue.'),
  jobVariables: json
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
  createProject: z.boolean().default(true).describe('Create that project where the server has none of that name.'),
  tags: words.default([]).describe('Tags for the deployment, beside those of the flow.'),
  labels: words
    .default([])
    .describe('Routing labels of Prefect 0.15/1.x. On Prefect 3 they become tags; workPool and workQueue route.'),
  s3Bucket: text
    .optional()
    .describe('Bucket for the code. Without one the code stays in .prefect-code/ of this machine.'),
  s3Prefix: text.default('prefect-flows').describe('Prefix of the keys in the bucket. Default: prefect-flows.'),
  s3Credentials: text
    .optional()
    .describe('Block with which the worker reads the bucket, say aws-credentials/production. Default: its own role.'),
  awsProfile: text.optional().describe('AWS profile for the upload. Default: the AWS SDK finds credentials.'),
  awsRegion: text.optional().describe('AWS region of the bucket. Default: as the AWS SDK finds it.'),
  workspaceId: text
    .optional()
    .describe('Mark of what this workspace registers. Default: the name in the root package.json.'),
  takeOver: z.boolean().default(false).describe('Overwrite registrations that carry the mark of another workspace.'),
  report: text.optional().describe('File to which one JSON line for each registration is appended.'),
});

/** As they are given. */
export type GivenOptions = z.infer<typeof schema>;

/** With the image by name. */
export type RegisterOptions = Omit<GivenOptions, 'image'> & { image?: string };
