import type { ExecutorContext, Task, TaskGraph } from '@nx/devkit';
import { failed, type Step, succeeded, type TaskOutcome } from '../batch';
import { batch } from './executor';

const mockStarted: string[][] = [];

/** Does nothing, and fails tasks of the project "broken". */
async function* mockStep(tasks: Task[]): ReturnType<Step> {
  mockStarted.push(tasks.map(({ id }) => id));
  for (const { id } of tasks) yield id.startsWith('broken:') ? failed(id, 0, ['broken']) : succeeded(id, 0, []);
}
jest.mock('./build', () => ({ build: mockStep }));
jest.mock('./plan', () => ({ plan: mockStep }));
jest.mock('./register', () => ({ register: mockStep }));

beforeEach(() => mockStarted.splice(0));

/** Runs tasks, each of which but builds depends on the build of its project if that is there. */
async function run(...ids: string[]): Promise<TaskOutcome[]> {
  const named = ids.map((id) => ({ id, target: { project: id.split(':')[0]!, target: id.split(':')[1]! } }));
  const dependencies = Object.fromEntries(
    named.map(({ id, target: { project, target } }) => [id, target === 'build' ? [] : ids.filter((other) => other === `${project}:build`).map((other) => ({ id: other }))]),
  );
  const taskGraph = { tasks: Object.fromEntries(named.map((task) => [task.id, task])), dependencies } as unknown as TaskGraph;
  const outcomes: TaskOutcome[] = [];
  for await (const outcome of batch(taskGraph, {}, {}, {} as ExecutorContext)) outcomes.push(outcome);
  return outcomes;
}

test('builds come first, whatever the order of the tasks, and each target runs once for all flows', async () => {
  await run('a:register', 'a:build', 'a:plan', 'b:register', 'c:build');
  expect(mockStarted).toEqual([['a:build', 'c:build'], ['a:plan'], ['a:register', 'b:register']]);
});

test('what depends on a build that failed is left to Nx, which skips it', async () => {
  const outcomes = await run('broken:build', 'broken:register', 'a:build', 'a:register');
  expect(outcomes.map(({ task, result }) => [task, result.success])).toEqual([
    ['broken:build', false],
    ['a:build', true],
    ['a:register', true],
  ]);
});

test('a target of another name is refused', async () => {
  const [outcome] = await run('a:deploy');
  expect(outcome!.result).toMatchObject({ success: false, terminalOutput: expect.stringContaining('[unknown-target]') });
  expect(mockStarted).toEqual([]);
});
