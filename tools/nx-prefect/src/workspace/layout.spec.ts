import { readLayout } from './layout';

const directories = { flowsDirectory: 'flows', libsDirectory: 'libs' };

const flow = (root: string, name: string) => ({ kind: 'flow', root, file: `${root}/flow.py`, name });

test('flows are folders with a flow.py below flows/, libs are folders with Python one level down', () => {
  const files = [
    'flows/p/b/flow.py',
    'flows/p/a/tasks.py',
    'flows/p/a/flow.py',
    'flows/p/none/x.py',
    'flows/etl/flow.py',
    'flows/q/deep/er/flow.py',
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
      { ...flow('flows/etl', 'etl'), python: ['flow.py'] },
      { ...flow('flows/p/a', 'p-a'), python: ['flow.py', 'in/flow.py', 'tasks.py'] },
      { ...flow('flows/p/b', 'p-b'), python: ['flow.py'] },
      { ...flow('flows/q/deep/er', 'q-deep-er'), python: ['flow.py'] },
      // This folder holds other flows, so it is not the flow's own.
      { kind: 'flow', root: 'flows/p/flow.py', file: 'flows/p/flow.py', name: 'p', python: [] },
    ],
    libs: [{ kind: 'lib', root: 'libs/x', name: 'x', python: ['src/x/a.py'] }],
    packages: [],
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

describe('flows by their file', () => {
  const named = (files: string[], flowFiles: string[]) => {
    const { flows, libs, packages } = readLayout(files, directories, flowFiles);
    return [flows, libs, packages].map((each) => each.map(({ root, name }) => `${root} ${name}`));
  };

  test('are called as the file; the later of two of one name by its path', () => {
    expect(named([], ['flows/etl.py', 'flows/other/etl.py', 'src/my_pkg/flows/daily.py'])[0]).toEqual([
      'flows/etl.py etl',
      'flows/other/etl.py flows/other/etl.py',
      'src/my_pkg/flows/daily.py daily',
    ]);
    expect(named(['flows/a-b/c/flow.py', 'flows/a/b-c/flow.py'], [])[0]).toEqual([
      'flows/a-b/c a-b-c',
      'flows/a/b-c flows/a/b-c',
    ]);
  });
  test('the flow.py of a folder is that folder', () => {
    expect(named(['flows/p/f/flow.py', 'flows/p/f/other.py'], ['flows/p/f/flow.py', 'flows/p/f/other.py'])[0]).toEqual([
      'flows/p/f p-f',
      'flows/p/f/other.py other',
    ]);
  });
  test('a lib that they lie in ships file by file', () => {
    const files = ['libs/a/__init__.py', 'libs/a/daily.py', 'libs/b/__init__.py'];
    expect(named(files, ['libs/a/daily.py'])).toEqual([['libs/a/daily.py daily'], ['libs/b b'], ['libs/a a']]);
  });
});
