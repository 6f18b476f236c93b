import { z } from 'zod';
import { text, words } from './option-types';

export const schema = z.strictObject({
  python: text
    .optional()
    .describe(
      'Python of the flow: an interpreter or a virtual environment, relative to the workspace root or absolute. ' +
        "Default: the nearest .venv from the flow's folder up to the root, else python3 on the PATH.",
    ),
  args: words.default([]).describe('More arguments for pytest, separated by commas: --args=-x,-k,name.'),
  junit: text
    .optional()
    .describe('Folder for JUnit XML files, one for each project, relative to the workspace root or absolute.'),
});

export type TestOptions = z.infer<typeof schema>;
