import { z } from 'zod';
import { flag, positiveNumber } from './option-types';
import { schema as status } from './status-options';

export const schema = z.strictObject({
  ...status.shape,
  yes: flag.default(false).describe('Do it without asking: needed where there is no terminal.'),
  now: flag.default(false).describe('Delete at once what would be paused first.'),
  all: flag
    .default(false)
    .describe('Everything of the environment, also what source still declares: for the preview of a branch.'),
  graceDays: positiveNumber.default(7).describe('Days between the pause and the deletion.'),
});

export type PruneOptions = z.infer<typeof schema>;
