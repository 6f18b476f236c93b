import type { Registered } from '../engines/engine';
import { type Candidate, type Rules, decide } from './prune-decision';

const DAY = 24 * 3600 * 1000;
const time = Date.parse('2026-11-30T12:00:00Z');
const rules: Rules = { environments: new Set(['']), all: false, grace: 7 * DAY, now: false, time };
const held: Registered = {
  id: 'id',
  identity: ['load', 'default'],
  isBound: true,
  file: 'flows/a/b/flow.py',
  environment: '',
  commit: 'abc',
  drifted: [],
  isPaused: false,
  schedules: { active: 1, all: 1 },
};
const ours: Candidate = { held, unfinishedRuns: 0, isFileGone: true, unknownFlows: 0, isAncestor: true };
const paused = (days: number): Candidate => ({
  ...ours,
  held: { ...held, isPaused: true, prunedAt: new Date(time - days * DAY).toISOString() },
});

it.each<[string, Candidate, Partial<Rules>, string]>([
  ['what is ours', ours, {}, 'pause'],
  [
    'what its file no longer names',
    { ...ours, isFileGone: false, held: { ...held, isNamedBySource: true } },
    {},
    'pause',
  ],
  ['at once', ours, { now: true }, 'delete'],
  ['within the grace time', paused(6), {}, 'wait'],
  ['after it', paused(7), {}, 'delete'],
  ['a time that is none', { ...ours, held: { ...held, isPaused: true, prunedAt: 'soon' } }, {}, 'keep'],
  ['started again by somebody', { ...paused(8), held: { ...paused(8).held, isPaused: false } }, {}, 'keep'],
  [
    'all of an environment, whatever else holds',
    { ...ours, isAncestor: false, isFileGone: false },
    { all: true },
    'pause',
  ],
  ["another environment's, with all", { ...ours, held: { ...held, environment: 'staging' } }, { all: true }, 'keep'],
  ['a copy, with all', { ...ours, held: { ...held, isBound: false } }, { all: true }, 'keep'],
  ['with runs that have not ended, with all', { ...ours, unfinishedRuns: 1 }, { all: true }, 'keep'],
])('%s: %#', (_what, candidate, more, action) => expect(decide(candidate, { ...rules, ...more }).action).toBe(action));

it.each<[string, Candidate]>([
  ['a copy', { ...ours, held: { ...held, isBound: false } }],
  ["another environment's", { ...ours, held: { ...held, environment: 'staging' } }],
  ['without a commit', { ...ours, held: { ...held, commit: '' } }],
  ["another branch's", { ...ours, isAncestor: false }],
  ['with a name that an option gave, whose file is there', { ...ours, isFileGone: false }],
  ['while a flow is not built', { ...ours, unknownFlows: 1 }],
  ['edited by hand', { ...ours, held: { ...held, drifted: ['description'] } }],
  ['with runs that have not ended', { ...ours, unfinishedRuns: 1 }],
])('%s is kept, also at once and after the grace time', (_what, candidate) => {
  const old = { ...candidate, held: { ...candidate.held, isPaused: true, prunedAt: '2020-01-01T00:00:00Z' } };
  for (const one of [candidate, old])
    for (const now of [false, true]) expect(decide(one, { ...rules, now })).toMatchObject({ action: 'keep' });
});
