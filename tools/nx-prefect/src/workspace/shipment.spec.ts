import { FlowError } from '../core/errors';
import { shippedFiles, type Graph } from './shipment';

const PROJECTS: Record<string, [root: string, type: string, dependencies: string[]]> = {
  'p-a': ['flows/p/a', 'type:flow', ['p-b', 'alerts', 'npm:left-pad']],
  'p-b': ['flows/p/b', 'type:flow', ['money']],
  'p-c': ['flows/p/c', 'type:flow', []],
  alerts: ['libs/alerts', 'type:lib', ['money', 'p-a']],
  money: ['libs/money', 'type:lib', []],
  web: ['apps/web', 'type:app', []],
};
const FILES: Record<string, string[]> = {
  'p-a': [
    'flows/p/a/flow.py',
    'flows/p/a/sql/orders.sql',
    'flows/p/a/README.md',
    'flows/p/a/prefect.yaml',
    'flows/p/a/tests.py',
  ],
  'p-b': ['flows/p/b/flow.py'],
  'p-c': ['flows/p/c/flow.py'],
  alerts: [
    'libs/alerts/__init__.py',
    'libs/alerts/rules.json',
    'libs/alerts/tests/test_mail.py',
    'libs/alerts/README.md',
  ],
  money: ['libs/money/pyproject.toml', 'libs/money/src/money/__init__.py', 'libs/money/src/money/py.typed'],
  web: ['apps/web/index.html'],
};

function graph(projects = PROJECTS): Graph {
  return {
    nodes: Object.fromEntries(
      Object.entries(projects).map(([name, [root, tag]]) => [name, { data: { root, tags: [tag] } }]),
    ),
    dependencies: Object.fromEntries(
      Object.entries(projects).map(([name, [, , targets]]) => [name, targets.map((target) => ({ target }))]),
    ),
  };
}

test('a flow ships itself, the flows and libs it depends on however far, and packages of libs at the top', () => {
  expect(shippedFiles('p-a', graph(), FILES).map(({ from, to }) => (from === to ? to : `${to} <- ${from}`))).toEqual([
    'alerts/__init__.py <- libs/alerts/__init__.py',
    'alerts/rules.json <- libs/alerts/rules.json',
    'flows/p/a/flow.py',
    'flows/p/a/sql/orders.sql',
    'flows/p/b/flow.py',
    'libs/alerts/__init__.py',
    'libs/alerts/rules.json',
    'libs/money/pyproject.toml',
    'libs/money/src/money/__init__.py',
    'libs/money/src/money/py.typed',
    'money/__init__.py <- libs/money/src/money/__init__.py',
    'money/py.typed <- libs/money/src/money/py.typed',
  ]);
});

test('a flow without dependencies ships its own folder', () => {
  expect(shippedFiles('p-c', graph(), FILES)).toEqual([{ from: 'flows/p/c/flow.py', to: 'flows/p/c/flow.py' }]);
});

test('projects that are neither flow nor lib do not ship', () => {
  const projects = { ...PROJECTS, 'p-c': ['flows/p/c', 'type:flow', ['web']] } as typeof PROJECTS;
  expect(shippedFiles('p-c', graph(projects), FILES)).toHaveLength(1);
});

test('two libs that want one path at the top are both named', () => {
  const files = { ...FILES, alerts: ['libs/alerts/common.py'], money: ['libs/money/src/common.py'] };
  expect(() => shippedFiles('p-a', graph(), files)).toThrow(FlowError);
  expect(() => shippedFiles('p-a', graph(), files)).toThrow(/alerts and money both ship common\.py/);
});

describe('declared data files', () => {
  const declared = (globs: string[], options = globs) => {
    const { nodes, dependencies } = graph();
    const data = {
      ...nodes['p-b']!.data,
      namedInputs: {
        shipped: ['{projectRoot}/**/*', '!{projectRoot}/x', ...globs.map((glob) => `{workspaceRoot}/${glob}`)],
      },
      targets: { build: { options: { dataFiles: options } } },
    };
    return { nodes: { ...nodes, 'p-b': { data } }, dependencies };
  };
  const files = { ...FILES, '.': ['config/a.yaml', 'config/deep/b.yaml', 'notes.txt'] };

  test('ship at their paths, from wherever they are, and with whoever depends on the flow', () => {
    const shipped = shippedFiles('p-b', declared(['config/*.yaml', 'flows/p/a/sql/**']), files).map(({ from, to }) =>
      from === to ? to : `${to} <- ${from}`,
    );
    expect(shipped).toEqual(expect.arrayContaining(['config/a.yaml', 'flows/p/a/sql/orders.sql', 'flows/p/b/flow.py']));
    expect(shipped).not.toContain('config/deep/b.yaml');
    expect(shippedFiles('p-a', declared(['config/**']), files)).toContainEqual({
      from: 'config/deep/b.yaml',
      to: 'config/deep/b.yaml',
    });
  });
  test('a pattern that matches nothing is said', () => {
    expect(() => shippedFiles('p-b', declared(['config/*.yml']), files)).toThrow(
      /p-b: dataFiles names config\/\*\.yml, and no file .*\[no-data-files\]/,
    );
  });
  test('one that is no input is refused', () => {
    expect(() => shippedFiles('p-b', declared([], ['config/a.yaml']), files)).toThrow(
      /flows\/p\/b\/project\.json.*\[data-files-not-counted\]/,
    );
  });
});
