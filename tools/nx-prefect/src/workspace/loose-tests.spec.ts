import { scanImports } from '../scanner/imports';
import { readLayout } from './layout';
import { LooseTests } from './loose-tests';

/** @param flowFiles those of the files that are flows without a folder */
function looseTests(sources: Record<string, string>, flowFiles: string[], sourceRoots: string[] = []): LooseTests {
  const files = Object.keys(sources);
  const layout = readLayout(files, { flowsDirectory: 'flows', libsDirectory: 'libs' }, flowFiles);
  return new LooseTests({
    files,
    layout: { ...layout, packages: [{ kind: 'lib', root: 'src/my_pkg', name: 'my_pkg', python: [] }] },
    sourceRoots,
    importsOf: (file) => scanImports(Buffer.from(sources[file]!)),
    searchPathOf: (root) => [root.slice(0, root.lastIndexOf('/')), '.', ...sourceRoots],
  });
}

describe('LooseTests', () => {
  it.each([
    ['an import by its path', 'tests/test_x.py', 'from flows.daily import main', ['flows/daily.py']],
    ['an import inside of a function', 'tests/test_x.py', 'def test():\n    import flows.daily', ['flows/daily.py']],
    ["an import from the flow's own folder", 'tests/test_x.py', 'import daily', ['flows/daily.py']],
    ['imports of several', 'tests/test_x.py', 'from flows import daily, weekly', ['flows/daily.py', 'flows/weekly.py']],
    ['a place beside the flow', 'flows/test_x.py', 'from daily import main', ['flows/daily.py']],
    ['its name', 'tests/test_daily.py', '', ['flows/daily.py']],
    ['its name at the end', 'tests/unit/daily_test.py', '', ['flows/daily.py']],
    ['an import against its name', 'tests/test_daily.py', 'import flows.weekly', ['flows/weekly.py']],
    ['its name against a lib', 'tests/test_daily.py', 'import my_pkg.util', ['flows/daily.py']],
    ['an import of a lib', 'tests/test_util.py', 'import my_pkg.util', ['src/my_pkg']],
    ['an import of a flow with a folder', 'tests/test_x.py', 'import flows.p.f.flow', ['flows/p/f']],
    ['nothing', 'tests/test_x.py', 'import os', []],
    ['nothing where it lies in a project', 'flows/p/f/test_daily.py', 'import flows.daily', []],
  ])('finds the flow of a test by %s', (_, test, source, roots) => {
    const files = {
      'flows/daily.py': '',
      'flows/weekly.py': '',
      'flows/p/f/flow.py': '',
      'src/my_pkg/util.py': '',
      [test]: source,
    };
    const tests = looseTests(files, ['flows/daily.py', 'flows/weekly.py'], ['src']);
    const all = ['flows/daily.py', 'flows/weekly.py', 'flows/p/f', 'src/my_pkg'];
    expect(all.filter((root) => tests.of(root).modules.includes(test))).toEqual(roots);
  });

  it('says which tests no target runs, and why', () => {
    const files = {
      'jobs/orders/main.py': '',
      'jobs/returns/main.py': '',
      'tests/test_main.py': 'import main',
      'tests/test_orders.py': 'from jobs.orders.main import run',
      'tests/test_other.py': '',
      'apps/api/test_api.py': '',
    };
    const { notes } = looseTests(files, ['jobs/orders/main.py', 'jobs/returns/main.py']);
    expect(notes).toEqual([
      'Several flows may be meant by these tests, which no target runs: tests/test_main.py. ' +
        'Import the flow by its path from the root.',
      'These tests import no flow and no lib, and none has their name; no target runs them: tests/test_other.py.',
    ]);
  });

  it('finds what a test loads, and the conftest.py above it, in folders that are no project', () => {
    const files = {
      'flows/daily.py': 'import shared',
      'flows/shared.py': '',
      'conftest.py': 'import utils.fixtures',
      'tests/data/daily.json': '',
      'tests/helpers.py': 'import alerts',
      'tests/test_daily.py': 'from helpers import x\nimport daily',
      'tests/test_weekly.py': '',
      'utils/fixtures.py': '',
      'libs/alerts/__init__.py': '',
    };
    expect(looseTests(files, ['flows/daily.py']).of('flows/daily.py')).toEqual({
      modules: ['tests/test_daily.py'],
      read: [
        'conftest.py',
        'flows/daily.py',
        'flows/shared.py',
        'tests/data/daily.json',
        'tests/helpers.py',
        'utils/fixtures.py',
      ],
    });
  });

  it('has another fingerprint when a test loads something else', () => {
    const files = { 'flows/daily.py': '', 'tests/test_daily.py': '', 'utils/a.py': '' };
    const before = looseTests(files, ['flows/daily.py']).fingerprint;
    const after = looseTests({ ...files, 'tests/test_daily.py': 'import utils.a' }, ['flows/daily.py']).fingerprint;
    expect(after).not.toBe(before);
  });
});
