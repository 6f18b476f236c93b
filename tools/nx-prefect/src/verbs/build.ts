import { buildFlows } from '../build/build-flows';
import { failed, type Step, succeeded } from '../executors/batch';

/** Loads flows with their own Python and writes what would be registered and shipped. */
export const build: Step = async function* (tasks, options, context) {
  const startTime = Date.now();
  const builds = tasks.map(({ id, target }) => ({ id, target, options: options[id] }));
  for await (const { task, lines, error } of buildFlows(context, builds)) {
    yield error === undefined ? succeeded(task, startTime, lines) : failed(task, startTime, error, lines);
  }
};
