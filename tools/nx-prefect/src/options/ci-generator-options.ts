import { z } from 'zod';

export const schema = z.object({
  ci: z
    .enum(['github', 'gitlab'])
    .optional()
    .meta({ $default: { $source: 'argv', index: 0 } })
    .describe('Where the workflow runs. Default: gitlab where origin or a .gitlab-ci.yml says so, else github.'),
});

export type CiGeneratorOptions = z.infer<typeof schema>;
