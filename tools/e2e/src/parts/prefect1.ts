import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './workspace';

export const PREFECT1_VERSIONS = ['0.15', '1.4'] as const;
export type Prefect1Version = (typeof PREFECT1_VERSIONS)[number];

/** The environment that `npm test` makes for a Prefect before 3, a folder. */
export function prefect1Environment(version: Prefect1Version): string {
  return join(ROOT, 'tools', 'e2e', `.venv-prefect${version}`);
}

export function pythonOf(environment: string): string {
  return join(environment, 'bin', 'python');
}

/**
 * A suite that needs these environments. Where one of them can't be made, say for want of CPython 3.7, the suite is left out and
 * says so; in CI it fails.
 */
export function describeWith(versions: readonly Prefect1Version[], name: string, suite: () => void): void {
  const missing = versions.find((version) => !existsSync(join(prefect1Environment(version), 'bin', 'prefect')));
  if (missing === undefined) {
    describe(name, suite);
    return;
  }
  const reason = `${prefect1Environment(missing)} is missing: npm test makes it, and says which Python it needs.`;
  if (process.env['CI'] === 'true') throw new Error(reason);
  process.stderr.write(`Left out: ${name}. ${reason}\n`);
  describe.skip(name, suite);
}
