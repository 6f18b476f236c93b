import { z } from 'zod';

export const title = 'Test a flow or a shared package';
export const description = "Runs pytest in the flow's own Python environment, with imports as where the flow runs.";

/** Nx splits what is typed at its commas; a string comes from project.json. */
const list = z.preprocess(
  (value) => (typeof value === 'string' ? value.split(',') : value),
  z.array(z.coerce.string()),
);

export const schema = z.object({
  python: z
    .string()
    .optional()
    .describe(
      "Python interpreter of the flow. Default: the nearest .venv going up from the flow's folder, else python3.",
    ),
  args: list.default([]).describe('More arguments for pytest, with commas between them. Say: --args=-x,-k,name'),
  junit: z
    .string()
    .optional()
    .describe('Folder for JUnit XML, one file a project, relative to the workspace root unless absolute.'),
});

export type TestOptions = z.infer<typeof schema>;
