import { camelCase } from './exact-text';
import type { RegisterOptions } from './register-options';

/** What was typed on the command line, with its values as the schema made them. */
export function typedOptions(
  options: RegisterOptions,
  overrides: Record<string, unknown> = {},
): Partial<RegisterOptions> {
  const typed = new Set(Object.keys(overrides).map(camelCase));
  return Object.fromEntries(Object.entries(options).filter(([name]) => typed.has(name)));
}
