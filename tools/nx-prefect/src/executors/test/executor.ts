import { exactOptionsOf } from '../../options/exact-text';
import { test } from '../../verbs/test';
import { type BatchImplementation, single, toNx } from '../batch';

export const batch: BatchImplementation = async function* (taskGraph, options, _overrides, context) {
  const startTime = Date.now();
  const tasks = Object.values(taskGraph.tasks);
  for await (const outcome of test(tasks, exactOptionsOf(tasks, options), context)) yield toNx(outcome, startTime);
};

export default single(batch);
