import { buildFlows } from '../build/build-flows';
import { buildLines } from '../report/build-lines';
import type { Verb } from './outcome';

/** Loads flows with their own Python and writes what would be registered and shipped. */
export const build: Verb = async function* (tasks, options, context) {
  const builds = tasks.map(({ id, target }) => ({ id, target, options: options[id] }));
  for await (const outcome of buildFlows(context, builds)) {
    yield { task: outcome.task, kind: outcome.built ? 'done' : 'failed', lines: buildLines(outcome) };
  }
};
