import { type BuildOutcome, buildFlows } from '../build/build-flows';
import { buildLines } from '../report/build-lines';
import type { Result } from '../report/result';
import { type Verb, projectOf } from './outcome';

/** Loads flows with their own Python and writes what would be registered and shipped. */
export const build: Verb = async function* (tasks, options, context) {
  const builds = tasks.map(({ id, target }) => ({ id, target, options: options[id] }));
  for await (const outcome of buildFlows(context, builds)) {
    const { task, built } = outcome;
    yield { task, kind: built ? 'done' : 'failed', lines: buildLines(outcome), results: [resultOf(outcome)] };
  }
};

function resultOf({ task, built, error }: BuildOutcome): Result {
  const title = projectOf(task);
  if (!built) return { title, action: 'failed', error, fields: [], notes: [] };
  return { title, action: 'built', fields: [], notes: built.warnings.map((warning) => `Warning: ${warning}`) };
}
