import { parse, TomlError } from 'smol-toml';
import { z } from 'zod';
import { FlowError } from '../../core/errors';

/**
 * Reads a TOML lock by its schema. Throws a {@link FlowError} that names the file, and the line where the text is no
 * TOML.
 */
export function parseTomlLock<Schema extends z.ZodType>(text: string, file: string, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(toml(text, file));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw unreadable(file, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`, parsed.error);
}

function toml(text: string, file: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof TomlError) throw unreadable(file, error.message.split('\n', 1)[0] ?? '', error, error.line);
    throw unreadable(file, error instanceof Error ? error.message : String(error), error);
  }
}

function unreadable(file: string, why: string, cause: unknown, line?: number): FlowError {
  return new FlowError({
    code: 'lock-unreadable',
    file,
    ...(line === undefined ? {} : { line }),
    what: `The lock file can't be read (${why.trim()}).`,
    next: 'Write it again with the tool that made it.',
    cause,
  });
}
