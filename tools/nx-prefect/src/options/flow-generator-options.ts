import { z } from 'zod';

export const schema = z.object({
  flow: z
    .string()
    .meta({
      $default: { $source: 'argv', index: 0 },
      'x-prompt': 'Which flow? <project>/<flow>, for example project_3/flow9',
    })
    .describe('Project and name of the flow, which become its two folders below flows: project_3/flow9.'),
});

export type FlowGeneratorOptions = z.infer<typeof schema>;
