import { formatError } from '../core/errors';

/** What is printed of anything thrown: with its stack, if it is a bug of ours, under `--verbose`. */
export function failureLines(error: unknown): string[] {
  return [formatError(error, isVerbose())];
}

/** Nx's `--verbose`. */
export function isVerbose(): boolean {
  return process.env['NX_VERBOSE_LOGGING'] === 'true';
}
