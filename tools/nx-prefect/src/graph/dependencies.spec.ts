import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { logger, type CreateDependenciesContext } from '@nx/devkit';
import { createDependencies } from './dependencies';

const PROJECTS: Record<string, string> = {
  'p-a': 'flows/p/a',
  'p-b': 'flows/p/b',
  warnings: 'libs/alerts',
  clock: 'libs/clock',
  samples: 'libs/samples',
};
const CONTENTS: Record<string, string> = {
  'flows/p/a/flow.py': 'import alerts, json\nfrom alerts import mail\nfrom flows.p.b import flow',
  'flows/p/a/tests.py': 'import samples',
  'flows/p/a/notes.txt': 'import clock',
  'flows/p/b/flow.py': 'import clock',
  'libs/alerts/__init__.py': 'import clock',
  'libs/clock/__init__.py': '',
  'libs/samples/__init__.py': '',
};

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'dependencies-'))));
afterEach(() => rmSync(root, { recursive: true }));

async function edges(changed: string[] = Object.keys(CONTENTS), contents = CONTENTS, projects = PROJECTS) {
  for (const [path, text] of Object.entries(contents)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const map = (paths: string[]) => ({
    projectFileMap: Object.fromEntries(
      Object.entries(projects).map(([name, folder]) => [
        name,
        paths.filter((path) => path.startsWith(`${folder}/`)).map((file) => ({ file, hash: '1' })),
      ]),
    ),
    nonProjectFiles: [],
  });
  const context = {
    projects: Object.fromEntries(Object.entries(projects).map(([name, folder]) => [name, { name, root: folder }])),
    fileMap: map(Object.keys(contents)),
    filesToProcess: map(changed),
    workspaceRoot: root,
    externalNodes: {},
    nxJsonConfiguration: {},
  } satisfies CreateDependenciesContext;
  const found = await createDependencies(undefined, context);
  return found
    .map((edge) => `${edge.source} -> ${edge.target} by ${'sourceFile' in edge ? edge.sourceFile : '?'}`)
    .sort();
}

test('one static edge a file and target, by the names the projects really have', async () => {
  expect(await edges()).toEqual([
    'p-a -> p-b by flows/p/a/flow.py',
    'p-a -> warnings by flows/p/a/flow.py',
    'p-b -> clock by flows/p/b/flow.py',
    'warnings -> clock by libs/alerts/__init__.py',
  ]);
});

test('only changed files are read', async () => {
  expect(await edges(['flows/p/b/flow.py'])).toEqual(['p-b -> clock by flows/p/b/flow.py']);
});

test('a file that is gone by now gives no edge', async () => {
  const { 'flows/p/b/flow.py': _, ...contents } = CONTENTS;
  expect(await edges(['flows/p/b/flow.py'], contents)).toEqual([]);
});

test('projects of other plugins give none', async () => {
  expect(
    await edges(['app/flow.py'], { ...CONTENTS, 'app/flow.py': 'import clock' }, { ...PROJECTS, app: 'app' }),
  ).toEqual([]);
});

test('a module of two libs gives edges to both, and one warning', async () => {
  const warn = jest.spyOn(logger, 'warn').mockImplementation(() => undefined);
  const contents = {
    ...CONTENTS,
    'libs/clock/src/dup.py': '',
    'libs/samples/src/dup.py': '',
    'flows/p/a/flow.py': 'import dup',
    'flows/p/b/flow.py': 'import dup',
  };
  delete (contents as Record<string, string>)['libs/clock/__init__.py'];
  delete (contents as Record<string, string>)['libs/samples/__init__.py'];
  expect(await edges(['flows/p/a/flow.py', 'flows/p/b/flow.py'], contents)).toHaveLength(4);
  expect(warn).toHaveBeenCalledTimes(1);
  expect(warn).toHaveBeenCalledWith(expect.stringContaining('dup: libs/clock, libs/samples'));
  warn.mockRestore();
});
