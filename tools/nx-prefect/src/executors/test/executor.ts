import { test } from '../../verbs/test';
import { type BatchImplementation, single, toNx } from '../batch';

export const batch: BatchImplementation = async function* (taskGraph, options, _overrides, context) {
  const startTime = Date.now();
  for await (const outcome of test(Object.values(taskGraph.tasks), options, context)) yield toNx(outcome, startTime);
};

export default single(batch);
