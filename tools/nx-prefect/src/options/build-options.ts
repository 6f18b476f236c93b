import { z } from 'zod';
import { positiveNumber, text, words } from './option-types';

export const schema = z.strictObject({
  python: text
    .optional()
    .describe(
      'Python of the flow: an interpreter or a virtual environment, relative to the workspace root or absolute. ' +
        "Default: the nearest .venv from the flow's folder up to the root, else python3 on the PATH.",
    ),
  entrypoint: text
    .optional()
    .describe(
      'Name in flow.py that holds the flow, for a file that defines several: main. ' +
        'Default: the one flow that the file defines or declares deployments of.',
    ),
  load: z
    .enum(['import', 'static'])
    .default('import')
    .describe(
      'import runs flow.py. static (Prefect 3) only reads its syntax tree, ' +
        'for flows whose packages are not installed where the build runs.',
    ),
  ship: z
    .enum(['script', 'pickle'])
    .default('script')
    .describe(
      'Prefect 0.15 to 1.x: script ships the files in one script that unpacks itself. ' +
        'pickle ships the flow by value, with the modules of the workspace that it imports.',
    ),
  buildEnv: words
    .default([])
    .describe(
      'Names of environment variables that the flow may read while it is loaded. ' +
        'Their values count as source: another value builds the flow again.',
    ),
  dataFiles: words
    .default([])
    .describe(
      "Files outside the flow's folder that the flow reads, as patterns from the workspace root: config/*.yaml. " +
        'They ship at the same paths, and an edit builds the flow again. ' +
        "Only in project.json or the plugin's options.",
    ),
  allowSecretFiles: words
    .default([])
    .describe(
      'Files that may ship although they look like secrets, as patterns from the workspace root: **/.env.test.',
    ),
  timeLimit: positiveNumber.default(120).describe('Seconds that one load of the flow may take. Default: 120.'),
});

export type BuildOptions = z.infer<typeof schema>;
