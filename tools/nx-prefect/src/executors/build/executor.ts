import { buildFlows } from '../../build/build-flows';
import { type BatchImplementation, failed, single, succeeded } from '../batch';

export const batch: BatchImplementation = async function* (taskGraph, options, _overrides, context) {
  const startTime = Date.now();
  const tasks = Object.values(taskGraph.tasks).map((task) => ({ ...task, options: options[task.id] }));
  for await (const { task, lines, error } of buildFlows(context, tasks)) {
    yield error === undefined ? succeeded(task, startTime, lines) : failed(task, startTime, error, lines);
  }
};

export default single(batch);
