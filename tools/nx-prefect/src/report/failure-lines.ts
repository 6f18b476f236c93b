import { formatError } from '../core/errors';
import { isVerbose } from '../core/is-verbose';

/** What is printed of anything thrown: with its stack, if it is a bug of ours, under `--verbose`. */
export function failureLines(error: unknown): string[] {
  return [formatError(error, isVerbose())];
}
