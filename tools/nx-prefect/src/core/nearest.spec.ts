import { nearest } from './nearest';

const OPTIONS = ['apiUrl', 'workPool', 'workQueue', 'tags', 's3Bucket', 's3Prefix', 'timeLimit'];

it.each([
  ['workPol', 'workPool'],
  ['workpool', 'workPool'],
  ['wrokPool', 'workPool'],
  ['work-pool', 'workPool'],
  ['tag', 'tags'],
  ['timelimit', 'timeLimit'],
  ['bucket', 's3Bucket'],
  ['colour', undefined],
  ['x', undefined],
])('%s is meant to be %s', (word, meant) => expect(nearest(word, OPTIONS)).toBe(meant));
