import { z } from 'zod';

/** `--tags=3` comes as a number. */
export const text = z.preprocess(
  (value) => (['number', 'boolean'].includes(typeof value) ? String(value) : value),
  z.string().min(1),
);

/** `--tags=a,b` and `--tags=a --tags=b` come as a string or a list. */
export const words = z.preprocess(
  (value) =>
    typeof value === 'string' || typeof value === 'number' ? String(value).split(',').filter(Boolean) : value,
  z.array(z.coerce.string()),
);

/** `--repository='{"scanOnPush": true}'` comes as text. */
export function object<T extends z.ZodType>(schema: T) {
  return z.preprocess((value) => (typeof value === 'string' ? parsed(value) : value), schema);
}

/** `--dryRun` may come as the word. */
export const flag = z.preprocess((value) => (value === 'true' ? true : value === 'false' ? false : value), z.boolean());

function parsed(given: string): unknown {
  try {
    return JSON.parse(given);
  } catch {
    return given;
  }
}
