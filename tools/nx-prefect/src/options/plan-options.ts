import { z } from 'zod';
import { schema as register } from './register-options';

/** What is looked at beside what `register` takes. */
export const schema = z.strictObject({
  ...register.shape,
  failOn: z
    .enum(['changes', 'drift'], { error: 'must be changes or drift' })
    .optional()
    .describe(
      'Fail where register would write something (changes), or where somebody else changed what register wrote last ' +
        '(drift). Default: only where register would fail.',
    ),
});

export type FailOn = z.infer<typeof schema>['failOn'];
