import type { ExecutorContext, Task, TaskGraph } from '@nx/devkit';
import type { Verb } from '../../verbs/outcome';
import type { TaskOutcome } from '../batch';
import { batch } from './executor';

const mockStarted: string[][] = [];
const mockUnlock = jest.fn();

/** Does nothing, fails tasks of the project "broken", and throws at one of the project "thrown". */
async function* mockStep(tasks: Task[]): ReturnType<Verb> {
  mockStarted.push(tasks.map(({ id }) => id));
  for (const { id } of tasks) {
    if (id.startsWith('thrown:')) throw new Error('thrown');
    yield { task: id, kind: id.startsWith('broken:') ? 'failed' : 'done', lines: [], results: [] };
  }
}
jest.mock('../../verbs/build', () => ({ build: mockStep }));
jest.mock('../../verbs/plan', () => ({ plan: mockStep }));
jest.mock('../../verbs/register', () => ({ register: mockStep }));
jest.mock('../../core/run-lock', () => ({ lockCheckout: async () => mockUnlock }));

beforeEach(() => {
  mockStarted.splice(0);
  mockUnlock.mockClear();
});

/** Runs tasks, each of which but builds depends on the build of its project if that is there, and on what is told. */
async function run(ids: string[], more: Record<string, string[]> = {}): Promise<TaskOutcome[]> {
  const named = ids.map((id) => ({ id, target: { project: id.split(':')[0]!, target: id.split(':')[1]! } }));
  const dependencies = Object.fromEntries(
    named.map(({ id, target: { project, target } }) => [
      id,
      [...(target === 'build' ? [] : ids.filter((other) => other === `${project}:build`)), ...(more[id] ?? [])].map(
        (other) => ({ id: other }),
      ),
    ]),
  );
  const taskGraph = {
    tasks: Object.fromEntries(named.map((task) => [task.id, task])),
    dependencies,
  } as unknown as TaskGraph;
  const outcomes: TaskOutcome[] = [];
  for await (const outcome of batch(taskGraph, {}, {}, {} as ExecutorContext)) outcomes.push(outcome);
  return outcomes;
}

const said = (outcomes: TaskOutcome[]) => outcomes.map(({ task, result }) => [task, result.success]);

test('builds come first, whatever the order of the tasks, and each target runs once for all flows', async () => {
  await run(['a:register', 'a:build', 'a:plan', 'b:register', 'c:build']);
  expect(mockStarted).toEqual([['a:build', 'c:build'], ['a:plan'], ['a:register', 'b:register']]);
});

test("a user's own dependencies count, against that order too", async () => {
  await run(['a:register', 'a:build', 'b:build'], { 'b:build': ['a:register'] });
  expect(mockStarted).toEqual([['a:build'], ['a:register'], ['b:build']]);
});

test('what depends on a task that failed is left to Nx, which skips it; so is what depends on that', async () => {
  const outcomes = await run(['broken:build', 'broken:plan', 'other:register', 'a:build', 'a:register'], {
    'other:register': ['broken:plan'],
  });
  expect(said(outcomes)).toEqual([
    ['broken:build', false],
    ['a:build', true],
    ['a:register', true],
  ]);
});

test('where a step throws, its other tasks fail, and those of other steps keep their outcomes', async () => {
  const outcomes = await run(['a:build', 'a:register', 'thrown:register']);
  expect(said(outcomes)).toEqual([
    ['a:build', true],
    ['a:register', true],
    ['thrown:register', false],
  ]);
});

test('the checkout is locked for what registers, and given back', async () => {
  await run(['a:build', 'a:plan']);
  expect(mockUnlock).not.toHaveBeenCalled();
  await run(['thrown:build', 'a:register']);
  expect(mockUnlock).toHaveBeenCalledTimes(1);
});

test.each(['a:deploy', 'a:toString'])(
  '%s: a target of another name is refused, and what depends on it left out',
  async (id) => {
    const outcomes = await run([id, 'b:register'], { 'b:register': [id] });
    expect(outcomes).toMatchObject([
      { task: id, result: { success: false, terminalOutput: expect.stringContaining('[unknown-target]') } },
    ]);
    expect(mockStarted).toEqual([]);
  },
);
