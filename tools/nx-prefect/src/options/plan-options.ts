import { z } from 'zod';
import { text } from './option-types';
import { schema as register } from './register-options';

const { plan: _ofRegister, ...shape } = register.shape;

/** What is looked at beside what `register` takes. */
export const schema = z.strictObject({
  ...shape,
  out: text
    .optional()
    .describe('File for the plan, from the workspace root: register --plan=<file> then does this and nothing else.'),
  failOn: z
    .enum(['changes', 'drift'], { error: 'must be changes or drift' })
    .optional()
    .describe(
      'Fail where register would write something (changes), or where somebody else changed what register wrote last ' +
        '(drift). Default: only where register would fail.',
    ),
});

export type FailOn = z.infer<typeof schema>['failOn'];
