import type { z } from 'zod';
import { FlowError } from '../core/errors';

/** Options of one task, from an executor's schema. @throws FlowError `bad-option` that names task and option */
export function parseOptions<T>(
  schema: { safeParse(value: unknown): z.ZodSafeParseResult<T> },
  task: string,
  options: unknown,
): T {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const name = issue?.path.join('.');
  throw new FlowError({
    code: 'bad-option',
    flow: task,
    what: `${name ? `The option "${name}"` : 'An option'} is not right: ${issue?.message ?? 'unknown reason'}.`,
    next: `Correct it on the command line, in project.json or in nx.json; see: nx run ${task} --help`,
  });
}
