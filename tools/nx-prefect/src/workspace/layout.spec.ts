import { readLayout } from './layout';

const directories = { flowsDirectory: 'flows', libsDirectory: 'libs' };

test('flows are folders with a flow.py two levels down, libs are folders with Python one level down', () => {
  const files = [
    'flows/p/b/flow.py',
    'flows/p/a/tasks.py',
    'flows/p/a/flow.py',
    'flows/p/none/x.py',
    'flows/p/a/in/flow.py',
    'flows/flow.py',
    'flows/p/flow.py',
    'libs/x/src/x/a.py',
    'libs/y/a.txt',
    'libs/z.py',
    'other/p/a/flow.py',
  ];
  expect(readLayout(files, directories)).toEqual({
    flows: [
      { kind: 'flow', root: 'flows/p/a', name: 'p-a', python: ['flow.py', 'in/flow.py', 'tasks.py'] },
      { kind: 'flow', root: 'flows/p/b', name: 'p-b', python: ['flow.py'] },
    ],
    libs: [{ kind: 'lib', root: 'libs/x', name: 'x', python: ['src/x/a.py'] }],
  });
});

test('directories may lie deeper', () => {
  const { flows, libs } = readLayout(['py/flows/p/f/flow.py', 'py/libs/x/__init__.py', 'flows/p/f/flow.py'], {
    flowsDirectory: 'py/flows',
    libsDirectory: 'py/libs',
  });
  expect([...flows, ...libs].map(({ root }) => root)).toEqual(['py/flows/p/f', 'py/libs/x']);
});

describe('source roots', () => {
  const libs = (sourceRoots: string[], ...files: string[]) =>
    readLayout(files, { ...directories, sourceRoots }).libs.map(({ root, name }) => `${root} ${name}`);

  test('each folder with Python that a pattern matches is a lib, named from the first wildcard on', () => {
    const files = [
      'libs/x/a.py',
      'teams/sales/python/x.py',
      'teams/sales/notes/x.py',
      'common/x.py',
      'teams/x/python/a.txt',
    ];
    expect(libs(['libs/*', 'teams/*/python', 'common'], ...files)).toEqual([
      'common common',
      'libs/x x',
      'teams/sales/python sales-python',
    ]);
  });
  test('the deepest owns', () => {
    expect(libs(['libs/*', 'libs/*/*'], 'libs/a/b/x.py', 'libs/a/y.py')).toEqual(['libs/a a', 'libs/a/b a-b']);
  });
  test('a flow and what lies in one is no lib', () => {
    expect(
      libs(
        ['flows/*/*', 'flows/*/*/vendor', 'flows/*/common'],
        'flows/p/f/flow.py',
        'flows/p/f/vendor/x.py',
        'flows/p/common/x.py',
      ),
    ).toEqual(['flows/p/common p-common']);
  });
});
