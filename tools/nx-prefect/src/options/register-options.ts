import { z } from 'zod';
import { environmentName } from './environment';
import { flag, numberAsText, object, serverName, text, textLike, words } from './option-types';
import { isReservedTag, RESERVED_TAG_MESSAGE } from './reserved-tags';
import { reportOptions } from './report-options';
import { awsRegion, bucket, codePlace, gitAddress, httpUrl, keyPrefix } from './place-types';

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

const block = textLike(
  /^[a-z0-9-]+\/[^/]+$/,
  'must be a block as <type>/<name>, for example aws-credentials/production',
);

/** By name, or what a project's `docker-deploy` deployed. */
const image = z.union([text, z.strictObject({ projectOf: text })], {
  error: 'must be an image, or {"projectOf": "<project>"}',
});

export const schema = z.strictObject({
  apiUrl: httpUrl
    .optional()
    .describe(
      'Address of the Prefect API. Default: as Prefect finds it: PREFECT_API_URL, .env, prefect.toml, ' +
        "pyproject.toml, the active profile. Before Prefect 3: what Prefect's own client would use.",
    ),
  deploymentName: serverName
    .default('default')
    .describe(
      'Name of the deployment if neither the flow nor a prefect.yaml declares one. ' +
        "{project} and {flow} stand for the names of the flow's two folders. Default: default.",
    ),
  environment: environmentName
    .optional()
    .describe(
      'Environment, for example staging or pr-123: a suffix of the deployment names (default-staging), before ' +
        'Prefect 3 of the flow names. Registrations of two environments never touch each other. Default: none.',
    ),
  workPool: serverName
    .optional()
    .describe('Work pool. Default: PREFECT_DEPLOYMENTS_DEFAULT_WORK_POOL_NAME, or what sets it in Prefect.'),
  workQueue: serverName.optional().describe('Work queue of the pool. Default: its default queue.'),
  jobVariables: jobVariables
    .default({})
    .describe(
      'Job variables for the work pool: {"cpu": 512}. Variables that the flow sets itself win. ' +
        'Placeholders of blocks stay for the worker to resolve.',
    ),
  image: image
    .optional()
    .describe(
      'Image for flows that set none: the job variable "image". {"projectOf": "<project>"} takes ' +
        'the image that docker-deploy of that project has put into ECR, by digest.',
    ),
  env: json
    .transform((values) => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)])))
    .default({})
    .describe(
      'Environment variables of the run config (Prefect 0.15 to 1.x). Variables that the flow sets itself win. ' +
        'Not for secrets: the server shows them.',
    ),
  prefectProject: text
    .optional()
    .describe("Project on the server (Prefect 0.15 to 1.x). Default: the name of the folder above the flow's."),
  createProject: flag
    .default(true)
    .describe('Create the prefectProject if the server does not have it. Default: true.'),
  schedule: flag
    .optional()
    .describe(
      'Start schedules that the server does not hold yet. --no-schedule registers them switched off. ' +
        'Default: true, and false with the option environment.',
    ),
  tags: tags.default([]).describe('Tags of the deployment, in addition to those of the flow.'),
  labels: tags
    .default([])
    .describe(
      'Labels that choose the agent (Prefect 0.15 to 1.x). On Prefect 3 they become tags: ' +
        'there workPool and workQueue choose the worker.',
    ),
  code: codePlace
    .optional()
    .describe(
      'Where workers get the code: local (.prefect-code/ of this checkout), s3://<bucket>/<prefix>, ' +
        'git (a clone at a commit), image (the image that docker-deploy makes), ' +
        "pull (the prefect.yaml's own pull steps). Default: s3Bucket if it is given, else local.",
    ),
  s3Bucket: bucket.optional().describe('S3 bucket for the code: short for code=s3://<s3Bucket>/<s3Prefix>.'),
  s3Prefix: keyPrefix.default('prefect-flows').describe('Prefix of the keys in s3Bucket. Default: prefect-flows.'),
  s3Credentials: block
    .optional()
    .describe("Block with which workers read s3Bucket: aws-credentials/production. Default: the worker's own role."),
  gitRepository: gitAddress
    .optional()
    .describe(
      'Address that workers clone, for code=git. Default: that of the remote origin, without its credentials. ' +
        'Set it where workers need another one than this machine.',
    ),
  gitCredentials: block
    .optional()
    .describe(
      'Block with which workers clone over HTTPS, for code=git: github-credentials/team, secret/token. ' +
        "Default: the worker's own credentials.",
    ),
  imageDirectory: textLike(/^\/[^\n]*$/, 'must be an absolute path inside of the image, for example /app')
    .optional()
    .describe("Folder of the image that holds the workspace's files, for code=image. Default: its WORKDIR."),
  installRequirements: text
    .optional()
    .describe(
      'Requirements file that ships with the flow, from the workspace root: a pull step lets pip install what the ' +
        'environment of the worker lacks (Prefect 3). Default: none, nothing is installed.',
    ),
  awsProfile: text
    .optional()
    .describe('AWS profile for the upload. Default: AWS_PROFILE, else the credentials that the AWS SDK finds.'),
  awsRegion: awsRegion.optional().describe('AWS region of s3Bucket. Default: the region that the AWS SDK finds.'),
  workspaceId: text
    .optional()
    .describe('Name that marks the registrations of this workspace. Default: the name in the root package.json.'),
  refuseOlder: flag
    .default(false)
    .describe(
      'Refuse to replace what a newer commit registered, or a commit that this clone does not have: for CI jobs that ' +
        'may end in another order. Needs a clone with its whole history.',
    ),
  takeOver: flag.default(false).describe('Take over registrations that carry the mark of another workspace.'),
  plan: text
    .optional()
    .describe('File that plan --out wrote: a flow whose source or server moved since is refused. Default: none.'),
  report: text.optional().describe('File to append to, one JSON line for each registration.'),
  ...reportOptions,
});

/** As they are given. */
export type GivenOptions = z.infer<typeof schema>;

/** With the image by name. */
export type RegisterOptions = Omit<GivenOptions, 'image'> & {
  image?: string;
  /** The project whose image holds the code. */
  imageProject?: string;
};
