import { z } from 'zod';
import { textLike } from './option-types';

export const schema = z.object({
  flow: z
    .string()
    .meta({
      $default: { $source: 'argv', index: 0 },
      'x-prompt': 'Which flow? <project>/<flow>, for example project_3/flow9',
    })
    .describe('Project and name of the flow, which become its two folders below flows: project_3/flow9.'),
  schedule: textLike(/^[^"\\]+$/, 'must be a cron expression, for example "0 6 * * *"')
    .optional()
    .describe('Cron schedule of the flow: "0 6 * * *".'),
  lib: textLike(/^[A-Za-z_]\w*$/, 'must be a name that Python can import, for example alerts')
    .optional()
    .describe('Lib that the flow imports. One that is not there is written too.'),
  flat: z.boolean().optional().describe('Write one file instead of a folder: flows/project_3/flow9.py.'),
});

export type FlowGeneratorOptions = z.infer<typeof schema>;
