import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { savedPlans, writePlans } from './plan-file';
import type { PlannedTask } from './plan-tasks';

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'nx-prefect-spec-'))));
afterEach(() => rmSync(root, { recursive: true }));

function task(name: string, state = { wanted: 'w', held: 'h' }, apiUrl = 'http://a/api'): PlannedTask {
  const wanted = { flow: 'p-f', identity: [name, 'default'] };
  const options = { plan: 'out/plan.json' };
  const planned = [{ wanted, action: 'update', state: () => state }];
  return { task: `${name}:plan`, flow: 'p-f', wanted: [wanted], options, connection: { apiUrl }, planned } as never;
}

const failing = (): PlannedTask => ({ ...task('bad'), planned: [new Error('no pool')] });

test('what was planned and did not move is registered', () => {
  writePlans(root, [task('load'), failing(), { task: 'x', error: new Error(), printed: [] }], () => 'out/plan.json');
  expect(() => savedPlans(root)(task('load'))).not.toThrow();
  // What fails now is said by itself.
  expect(() => savedPlans(root)(failing())).not.toThrow();
});

test.each<[string, PlannedTask, RegExp]>([
  ['moved on the server', task('load', { wanted: 'w', held: 'other' }), /The server holds something else/],
  ['moved in source', task('load', { wanted: 'other', held: 'h' }), /Source or options want something else/],
  ['is on another server', task('load', undefined, 'http://b/api'), /does not hold load\/default/],
  ['was not planned', task('new'), /does not hold new\/default/],
  ['failed in the plan', { ...task('bad') }, /does not hold bad\/default/],
])('what %s is refused', (_what, now, words) => {
  writePlans(root, [task('load'), failing()], () => 'out/plan.json');
  expect(() => savedPlans(root)(now)).toThrow(words);
  expect(() => savedPlans(root)(now)).toThrow(/\[plan-outdated\]/);
});

test('each task is in the file that it asks for; no file, and one that is no plan, are refused', () => {
  writePlans(root, [task('a'), task('b')], (id) => (id === 'a:plan' ? 'a.json' : undefined));
  expect(
    Object.keys((JSON.parse(readFileSync(join(root, 'a.json'), 'utf8')) as { registrations: object }).registrations),
  ).toEqual(['http://a/api a/default']);
  expect(() => savedPlans(root)(task('a'))).toThrow(/There is no plan in this file/);
  writeFileSync(join(root, 'a.json'), '{"schemaVersion": 2}');
  expect(() => savedPlans(root)({ ...task('a'), options: { plan: 'a.json' } } as never)).toThrow(/no plan/);
});
