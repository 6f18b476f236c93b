import { exactOptionsOf } from '../../options/exact-text';
import { test } from '../../verbs/test';
import { type BatchImplementation, single, toNx } from '../batch';
import { reported } from '../reports';

export const batch: BatchImplementation = async function* (taskGraph, options, _overrides, context) {
  const startTime = Date.now();
  const tasks = Object.values(taskGraph.tasks);
  const exact = exactOptionsOf(tasks, options);
  const outcomes = reported('test', tasks, {}, context, test(tasks, exact, context));
  for await (const outcome of outcomes) yield toNx(outcome, startTime);
};

export default single(batch);
