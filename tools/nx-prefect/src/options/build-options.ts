import { z } from 'zod';
import { positiveNumber, text, words } from './option-types';

export const schema = z.strictObject({
  python: text
    .optional()
    .describe(
      'Python of the flow: an interpreter or a virtual environment. ' +
        "Default: the nearest .venv going up from the flow's folder, else python3.",
    ),
  entrypoint: text
    .optional()
    .describe('Attribute of flow.py that holds the flow, where the file has several. Say: main'),
  load: z
    .enum(['import', 'static'])
    .default('import')
    .describe(
      'import runs flow.py. static reads its syntax tree, for flows whose packages are missing where the build runs.',
    ),
  ship: z
    .enum(['script', 'pickle'])
    .default('script')
    .describe(
      'Prefect 0.15 - 1.x: script ships the files in one script that unpacks itself; ' +
        'pickle ships the flow by value, with what it imports of the workspace.',
    ),
  buildEnv: words
    .default([])
    .describe(
      'Names of environment variables that the flow may read while it is loaded; ' +
        'their values become inputs of the build.',
    ),
  dataFiles: words
    .default([])
    .describe(
      "Files outside of the flow's folder that it reads, as patterns from the workspace root: " +
        "they ship at their paths, and count. In project.json or the plugin's options only.",
    ),
  allowSecretFiles: words
    .default([])
    .describe('Files that may ship although they look like secrets, as patterns from the workspace root: **/.env.test'),
  timeLimit: positiveNumber.default(120).describe('Seconds that loading the flow may take. Default: 120.'),
});

export type BuildOptions = z.infer<typeof schema>;
