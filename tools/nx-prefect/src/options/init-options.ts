import { z } from 'zod';
import { flag, serverName, text, words } from './option-types';
import { bucket, httpUrl } from './place-types';

export const schema = z.strictObject({
  flows: words
    .optional()
    .describe('Patterns of files that are flows: "pipelines/*.py,jobs/*/main.py". Default: what is found.'),
  python: text.optional().describe('Python environment of all flows. Default: the .venv nearest to each flow.'),
  apiUrl: httpUrl.optional().describe("Address of the Prefect API. Default: what Prefect's own settings say."),
  workPool: serverName
    .optional()
    .describe("Work pool of flows that name none. Default: what Prefect's settings say, or the server's only pool."),
  s3Bucket: bucket
    .optional()
    .describe('S3 bucket for the code. Default: the one that a prefect.yaml, a flow or a script names.'),
  package: text
    .optional()
    .describe('Version, tarball or address of nx-prefect for a new package.json. Default: the version that runs.'),
  plan: flag.default(true).describe('End with the plan against the server. Default: true.'),
  undo: flag.default(false).describe('Put everything back as it was before init.'),
});

export type InitOptions = z.infer<typeof schema>;
