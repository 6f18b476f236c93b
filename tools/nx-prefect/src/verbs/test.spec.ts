import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ExecutorContext, Task } from '@nx/devkit';
import { AT_TOP, looseInputs, TEST_MODULES } from '../workspace/loose-inputs';
import { test as runTests } from './test';

const VENV = join(__dirname, '../../../../.venv');

jest.setTimeout(60_000);

/** With this workspace's own pytest. */
describe('the verb test', () => {
  let root: string;
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'test-verb-')));
    symlinkSync(realpathSync(VENV), join(root, '.venv'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  interface Project {
    root: string;
    tests?: string[];
    sourceRoots?: string[];
  }

  async function run(files: Record<string, string>, project: Project, options: object = {}): Promise<string> {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    }
    const { tests = [], sourceRoots = [] } = project;
    const namedInputs = { [TEST_MODULES]: looseInputs(tests), [AT_TOP]: looseInputs(sourceRoots) };
    const nodes = { f: { name: 'f', type: 'app', data: { root: project.root, namedInputs, tags: ['type:flow'] } } };
    const context = { root, projectGraph: { nodes, dependencies: {} } } as unknown as ExecutorContext;
    const task = { id: 'f:test', target: { project: 'f', target: 'test' } } as Task;
    for await (const { kind, lines } of runTests([task], { 'f:test': options }, context))
      return kind === 'done' ? 'done' : lines.join('\n');
    return 'no outcome';
  }

  const FLAT = {
    'flows/daily.py': 'from utils.text import X\nfrom my_pkg import Y\n',
    'utils/text.py': 'X = 1\n',
    'src/my_pkg.py': 'Y = 1\n',
  };
  const DAILY = { root: 'flows/daily.py', tests: ['tests/test_daily.py'], sourceRoots: ['src'] };

  /** A test that passes only where it runs in this folder. */
  function runsIn(folder: string, imports = ''): string {
    const place = JSON.stringify(join(root, folder));
    return `import os\n${imports}\ndef test_place():\n    assert os.getcwd() == ${place}\n`;
  }

  it('runs tests of a flow without a folder from the root, with imports as where it runs', async () => {
    const imports = 'import conftest, daily\nfrom flows.daily import X, Y';
    const tests = { 'tests/test_daily.py': runsIn('', imports), 'tests/conftest.py': '' };
    expect(await run({ ...FLAT, ...tests }, DAILY)).toBe('done');
  });

  it.each([
    ['pytest.ini', ''],
    ['pyproject.toml', '[tool.pytest.ini_options]\npythonpath = "lib"\n'],
  ])('runs them where the %s of pytest lies', async (file, text) => {
    const files = { ...FLAT, [`team/${file}`]: text, 'team/lib/fixtures.py': 'Z = 1\n' };
    const imports = file === 'pyproject.toml' ? 'import daily, fixtures' : 'import daily';
    const project = { ...DAILY, tests: ['team/tests/test_daily.py'] };
    expect(await run({ ...files, 'team/tests/test_daily.py': runsIn('team', imports) }, project)).toBe('done');
  });

  it('does not take a pyproject.toml without a word of pytest for its configuration', async () => {
    const files = { 'pyproject.toml': '[project]\nname = "x"\n', 'flows/p/f/tests.py': runsIn('flows/p/f') };
    expect(await run(files, { root: 'flows/p/f' })).toBe('done');
  });

  it('runs them where the option directory says', async () => {
    const files = { ...FLAT, 'tests/pytest.ini': '', 'tests/test_daily.py': runsIn('flows', 'import daily') };
    expect(await run(files, DAILY, { directory: 'folder' })).toBe('done');
  });

  it('says what failed', async () => {
    const files = { ...FLAT, 'tests/test_daily.py': 'def test_it():\n    assert 1 == 2\n' };
    expect(await run(files, DAILY)).toMatch(/assert 1 == 2[^]*tests-failed/);
  });
});
