import type { BuildOutcome, BuiltFlow } from '../build/build-flows';
import { isVerbose } from '../core/is-verbose';
import { failureLines } from './failure-lines';

/** What is printed of a build: what the flow printed, then what was built and warned of, or why not. */
export function buildLines({ output, fullTraceback, built, error }: BuildOutcome): string[] {
  const printed = [output, isVerbose() ? fullTraceback : '']
    .map((text) => text.trimEnd())
    .filter((text) => text.trim());
  return [...printed, ...(built ? builtLines(built) : failureLines(error))];
}

function builtLines({ engine, manifest, warnings, files }: BuiltFlow): string[] {
  const { names, digest } = engine.summary(manifest);
  return [
    ...warnings.map((warning) => `Warning: ${warning}`),
    `Built ${names.join(', ')}: ${files} files, code ${digest.slice(0, 12)}`,
  ];
}
