import { z } from 'zod';
import { text, words } from './option-types';

export const schema = z.strictObject({
  python: text
    .optional()
    .describe(
      'Python of the flow: an interpreter or a virtual environment, relative to the workspace root or absolute. ' +
        "Default: the nearest .venv from the flow's folder up to the root, else python3 on the PATH.",
    ),
  directory: z
    .enum(['root', 'folder'])
    .optional()
    .describe(
      "Where pytest starts: the workspace's root, or the flow's folder. Default: the folder of pytest's own " +
        "configuration, else the flow's folder, and the root for a flow without one.",
    ),
  args: words.default([]).describe('More arguments for pytest, separated by commas: --args=-x,-k,name.'),
  junit: text
    .optional()
    .describe('Folder for JUnit XML files, one for each project, relative to the workspace root or absolute.'),
});

export type TestOptions = z.infer<typeof schema>;
