import { scanImports } from '../scanner/imports';
import { traitsOf } from '../scanner/traits';
import { readLayout } from './layout';
import { LooseModules } from './loose-modules';

/** @param flows those without a folder */
function loose(contents: Record<string, string>, flows: string[] = [], sourceRoots: string[] = ['src']) {
  const files = Object.keys(contents);
  const layout = readLayout(files, { flowsDirectory: 'flows', libsDirectory: 'libs' }, flows);
  const modules = new LooseModules({
    files,
    layout,
    sourceRoots,
    namedBy: new Map(),
    importsOf: (file) => scanImports(Buffer.from(contents[file]!)),
    traitsOf: (file) => traitsOf(contents[file]!),
    isElsewhere: (first) => first === 'prefect',
  });
  return Object.fromEntries([...layout.flows, ...layout.libs].map((source) => [source.name, modules.of(source)]));
}

const files = (contents: Record<string, string>, flows?: string[]) =>
  Object.fromEntries(Object.entries(loose(contents, flows)).map(([name, found]) => [name, found.files]));

const PACKAGE = { 'src/p/__init__.py': '', 'src/p/a.py': 'from p.b import x', 'src/p/b.py': '', 'src/p/c.py': '' };

test('what imports reach ships, module by module', () => {
  expect(
    files({ ...PACKAGE, 'jobs/f.py': 'import p.a', 'jobs/g.py': 'from p import c' }, ['jobs/f.py', 'jobs/g.py']),
  ).toEqual({
    f: ['src/p/__init__.py', 'src/p/a.py', 'src/p/b.py'],
    g: ['src/p/__init__.py', 'src/p/c.py'],
  });
});

test('fifty flows in one package: a module that two of them reach is reached by two', () => {
  const names = Array.from({ length: 50 }, (_, at) => `f${at}`);
  const flows = Object.fromEntries(names.map((name, at) => [`src/p/flows/${name}.py`, `import p.m${at >> 1}`]));
  const modules = Object.fromEntries(names.map((_, at) => [`src/p/m${at}.py`, '']));
  const found = files(
    { 'src/p/__init__.py': '', 'src/p/flows/__init__.py': '', ...flows, ...modules },
    Object.keys(flows),
  );
  expect(names.filter((name) => found[name]!.includes('src/p/m7.py'))).toEqual(['f14', 'f15']);
});

test("a flow's folder comes first, then the root, then source roots", () => {
  const contents = {
    'jobs/f.py': 'import x, y, z',
    'jobs/x.py': '',
    'x.py': '',
    'y.py': '',
    'src/y.py': '',
    'src/z.py': '',
  };
  expect(files(contents, ['jobs/f.py'])).toEqual({ f: ['jobs/x.py', 'src/z.py', 'y.py'] });
});

test('folders with a flow.py, and libs, ship loose modules too; what ships whole is not loose', () => {
  expect(
    loose({
      'flows/p/f/flow.py': 'from flows.shared import x\nimport flows.p.g.tasks\nfrom . import own',
      'flows/p/f/own.py': '',
      'flows/p/g/flow.py': '',
      'flows/p/g/tasks.py': '',
      'flows/__init__.py': '',
      'flows/shared.py': 'import libs.alerts',
      'libs/alerts/__init__.py': 'import utils',
      'utils.py': '',
    }),
  ).toMatchObject({
    'p-f': { files: ['flows/__init__.py', 'flows/shared.py'], projects: ['libs/alerts'] },
    'p-g': { files: [] },
    alerts: { files: ['utils.py'] },
  });
});

test.each([
  ['import pkgutil', ['a.py', 'flows/g.py', 'x.sql']],
  ['open(__file__)', ['a.py', 'x.sql']],
  ['from importlib import resources', ['a.py', 'x.sql']],
  ['', ['x.sql']],
])('a package in which a reached file says %j ships what that may find', (text, expected) => {
  const found = files(
    {
      'src/p/__init__.py': text,
      'src/p/a.py': '',
      'src/p/x.sql': '',
      'src/p/flows/g.py': '',
      'src/p/tests/t.sql': '',
      'jobs/f.py': 'import p',
    },
    ['jobs/f.py', 'src/p/flows/g.py'],
  );
  expect(found['f']).toEqual(['__init__.py', ...expected].map((path) => `src/p/${path}`).sort());
});

test('a file beside a flow that deploys it ships with it', () => {
  const contents = {
    'jobs/f.py': '',
    'jobs/g.py': '',
    'jobs/deployments.py': 'from jobs.f import main\nmain.deploy()',
    'jobs/other.py': 'from jobs.g import main',
  };
  expect(files(contents, ['jobs/f.py', 'jobs/g.py'])).toEqual({ f: ['jobs/deployments.py'], g: [] });
});

test('modules that are not there are known by the paths at which they would lie', () => {
  const found = loose({ ...PACKAGE, 'jobs/f.py': 'import p.gone\nimport nowhere, prefect' }, ['jobs/f.py']);
  expect(found['f']!.missing).toEqual(['jobs/nowhere', 'nowhere', 'src/nowhere', 'src/p/gone']);
});
