import { z } from 'zod';

export const schema = z.object({
  lib: z
    .string()
    .meta({ $default: { $source: 'argv', index: 0 }, 'x-prompt': 'Which lib? A name that Python can import: alerts' })
    .describe('Name of the package, which becomes its folder below libs: alerts.'),
});

export type LibGeneratorOptions = z.infer<typeof schema>;
