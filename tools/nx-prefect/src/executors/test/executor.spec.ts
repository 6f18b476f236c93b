import { chmodSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { ExecutorContext, TaskGraph } from '@nx/devkit';
import type { TaskOutcome } from '../batch';
import { batch } from './executor';

jest.setTimeout(60_000);

/**
 * Stands for the interpreter: says how it was called, and ends with the exit code that the file `exit` beside the tests
 * holds.
 */
const PYTHON = `#!/usr/bin/env node
const { existsSync, readFileSync } = require('node:fs');
const { PYTHONPATH, PREFECT_HOME, PREFECT_API_URL } = process.env;
const [args, cwd] = [process.argv.slice(2), process.cwd()];
console.log(JSON.stringify({ args, cwd, PYTHONPATH, PREFECT_HOME, PREFECT_API_URL }));
if (existsSync('prints')) console.error(readFileSync('prints', 'utf8'));
process.exit(existsSync('exit') ? Number(readFileSync('exit', 'utf8')) : 0);
`;

describe('test executor', () => {
  let root: string;

  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'test-executor-')));
    write('.venv/bin/python', PYTHON);
    chmodSync(join(root, '.venv/bin/python'), 0o755);
    write('libs/notify/__init__.py');
    write('libs/tables/src/tables/__init__.py');
  });

  afterEach(() => {
    delete process.env['PREFECT_API_URL'];
    rmSync(root, { recursive: true, force: true });
  });

  function write(file: string, text = ''): void {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }

  async function run(
    projects: Record<string, string>,
    options: Record<string, unknown> = {},
  ): Promise<Record<string, TaskOutcome['result']>> {
    const libs = { notify: 'libs/notify', tables: 'libs/tables' };
    const node = ([name, folder]: [string, string], tags: string[]) => [
      name,
      { name, type: 'lib', data: { root: folder, tags } },
    ];
    const nodes = Object.fromEntries([
      ...Object.entries(libs).map((entry) => node(entry, ['type:lib'])),
      ...Object.entries(projects).map((entry) => node(entry, ['type:flow'])),
    ]);
    const tasks = Object.fromEntries(
      Object.keys(projects).map((project) => [
        `${project}:test`,
        { id: `${project}:test`, target: { project, target: 'test' } },
      ]),
    );
    const given = Object.fromEntries(Object.keys(tasks).map((id) => [id, options]));
    const context = { root, projectGraph: { nodes, dependencies: {} } } as unknown as ExecutorContext;
    const results: Record<string, TaskOutcome['result']> = {};
    for await (const { task, result } of batch({ tasks } as unknown as TaskGraph, given, {}, context))
      results[task] = result;
    return results;
  }

  async function call(options?: Record<string, unknown>) {
    const results = await run({ f: 'flows/p/f' }, options);
    return JSON.parse(results['f:test']?.terminalOutput.split('\n')[0] ?? '') as Record<string, string> & {
      args: string[];
    };
  }

  it("runs in the flow's folder, with imports as where the flow runs", async () => {
    write('flows/p/f/tests.py');
    const { cwd, PYTHONPATH } = await call();

    expect(cwd).toBe(join(root, 'flows/p/f'));
    const places = ['flows/p/f', 'libs', 'libs/tables/src', 'libs/tables', '.'].map((place) => join(root, place));
    expect(PYTHONPATH?.split(delimiter).slice(0, -1)).toEqual(places);
  });

  it('names every test file, in folders too, and nothing else', async () => {
    for (const file of [
      'tests.py',
      'test_a.py',
      'b_test.py',
      'tests/test_c.py',
      'flow.py',
      '.venv/test_d.py',
      'tests/helper.py',
    ]) {
      write(`flows/p/f/${file}`);
    }
    chmodSync(join(root, '.venv/bin/python'), 0o755);
    const { args } = await call({ python: '.venv' });

    expect(args.filter((arg) => arg.endsWith('.py'))).toEqual(
      ['b_test.py', 'test_a.py', 'tests.py', 'tests/test_c.py'].map((file) => join(root, 'flows/p/f', file)),
    );
  });

  it("keeps the user's server out and leaves no home behind", async () => {
    write('flows/p/f/tests.py');
    process.env['PREFECT_API_URL'] = 'https://production.example.com/api';
    const { PREFECT_API_URL, PREFECT_HOME } = await call();

    expect(PREFECT_API_URL).toBeUndefined();
    expect(PREFECT_HOME).toContain('nx-prefect-test-');
    expect(existsSync(PREFECT_HOME ?? '')).toBe(false);
  });

  it('gives pytest its arguments and a JUnit file for each project', async () => {
    write('flows/p/f/tests.py');
    const { args } = await call({ args: '-k,late or early', junit: 'reports' });

    expect(args).toEqual(
      expect.arrayContaining(['-k', 'late or early', `--junitxml=${join(root, 'reports', 'f.xml')}`]),
    );
  });

  it.each([
    ['1', '', 'tests-failed'],
    ['1', '/usr/bin/python: No module named pytest', 'pytest-missing'],
    ['5', '', 'no-tests'],
    ['4', '', 'exit code 4'],
  ])('says what exit code %s with %j means', async (exitCode, prints, expected) => {
    write('flows/p/f/tests.py');
    write('flows/p/f/exit', exitCode);
    if (prints) write('flows/p/f/prints', prints);
    const results = await run({ f: 'flows/p/f' });

    expect(results['f:test']).toMatchObject({ success: false });
    expect(results['f:test']?.terminalOutput).toContain(expected);
  });

  it('fails the project that fails and no other', async () => {
    write('flows/p/good/tests.py');
    write('flows/p/bad/tests.py');
    write('flows/p/bad/exit', '1');
    write('flows/p/none/flow.py');
    const results = await run({ good: 'flows/p/good', bad: 'flows/p/bad', none: 'flows/p/none' });

    expect(Object.entries(results).map(([task, { success }]) => [task, success])).toEqual(
      expect.arrayContaining([
        ['good:test', true],
        ['bad:test', false],
        ['none:test', false],
      ]),
    );
  });
});
