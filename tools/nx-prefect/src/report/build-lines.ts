import type { BuildOutcome, BuiltFlow } from '../build/build-flows';
import { isVerbose } from '../core/is-verbose';
import { failureLines } from './failure-lines';

/** What is printed of a build: what the flow printed, then what was built and warned of, or why not. */
export function buildLines(outcome: BuildOutcome): string[] {
  const { built, error } = outcome;
  return [...printedBy(outcome), ...(built ? builtLines(built) : failureLines(error))];
}

/** What the flow printed while it was loaded, and where Python failed if that was asked for. */
export function printedBy({ output, fullTraceback }: BuildOutcome): string[] {
  return [output, isVerbose() ? fullTraceback : ''].map((text) => text.trimEnd()).filter((text) => text.trim());
}

function builtLines({ engine, manifest, warnings, files, bound }: BuiltFlow): string[] {
  const { names, digest } = engine.summary(manifest);
  return [
    ...warnings.map((warning) => `Warning: ${warning}`),
    ...(bound === undefined ? [] : [`Only for this machine: ${bound}.`]),
    `Built ${names.join(', ')}: ${files} files, code ${digest.slice(0, 12)}`,
  ];
}
