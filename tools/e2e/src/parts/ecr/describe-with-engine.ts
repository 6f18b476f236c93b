import { missingParts } from './stack';

/** `describe` where the stack can run. Elsewhere its tests count as skipped, and it is said why; in CI they fail. */
export function describeWithEngine(name: string, tests: () => void): void {
  const missing = missingParts();
  if (missing.length === 0 || process.env['CI'] === 'true') return describe(name, tests);
  console.warn(`Left out: ${name}. For want of: ${missing.join(', ')}.`);
  return describe.skip(name, tests);
}
