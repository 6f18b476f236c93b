import { z } from 'zod';
import { schema as build } from './build-options';
import { schema as plan } from './plan-options';
import { schema as register } from './register-options';

/** The options of all targets, for `--help`. Each target takes its own only. */
export const schema = z.strictObject({
  ...saidOf('plan', plan.shape),
  ...saidOf('register, plan', register.shape),
  ...saidOf('build', build.shape),
});

/** Options with the targets that take them. */
export function saidOf<T extends Record<string, z.ZodType>>(targets: string, shape: T): T {
  return Object.fromEntries(
    Object.entries(shape).map(([name, option]) => [name, option.describe(`${targets}: ${option.description}`)]),
  ) as T;
}
