import { z } from 'zod';

export const schema = z.object({
  image: z
    .string()
    .meta({ $default: { $source: 'argv', index: 0 }, 'x-prompt': 'Which image? A name, for example etl' })
    .describe('Name of the image, which becomes its folder below images: etl.'),
});

export type ImageGeneratorOptions = z.infer<typeof schema>;
