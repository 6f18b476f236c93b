import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A suite that needs these environments with a Prefect, folders. Where one of them can't be made, say for want of
 * CPython 3.7, the suite is left out and says so; in CI it fails.
 */
export function describeWithEnvironments(environments: readonly string[], name: string, suite: () => void): void {
  const missing = environments.find((environment) => !existsSync(join(environment, 'bin', 'prefect')));
  if (missing === undefined) {
    describe(name, suite);
    return;
  }
  const reason = `${missing} is missing: npm run test:all makes it, and says which Python it needs.`;
  if (process.env['CI'] === 'true') throw new Error(reason);
  process.stderr.write(`Left out: ${name}. ${reason}\n`);
  describe.skip(name, suite);
}
