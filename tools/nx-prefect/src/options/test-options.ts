import { z } from 'zod';
import { text, words } from './option-types';

export const schema = z.object({
  python: text
    .optional()
    .describe(
      "Python interpreter of the flow. Default: the nearest .venv going up from the flow's folder, else python3.",
    ),
  args: words.default([]).describe('More arguments for pytest, with commas between them. Say: --args=-x,-k,name'),
  junit: text
    .optional()
    .describe('Folder for JUnit XML, one file a project, relative to the workspace root unless absolute.'),
});

export type TestOptions = z.infer<typeof schema>;
