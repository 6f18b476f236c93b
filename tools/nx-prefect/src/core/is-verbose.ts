/** Nx's `--verbose`. */
export function isVerbose(): boolean {
  return process.env['NX_VERBOSE_LOGGING'] === 'true';
}
