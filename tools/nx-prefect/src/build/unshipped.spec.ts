import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FlowError } from '../core/errors';
import type { Graph } from '../workspace/shipment';
import { around, explainUnshipped, unshippedImports } from './unshipped';

const GRAPH: Graph = {
  nodes: {
    'p-f': { data: { root: 'flows/p/f', tags: ['type:flow'] } },
    alerts: { data: { root: 'libs/alerts', tags: ['type:lib'] } },
  },
  dependencies: {},
};
const ERROR = new FlowError({
  code: 'module-not-found',
  file: 'flows/p/f/flow.py',
  line: 2,
  what: 'As Python says.',
  next: 'Install it.',
  detail: 'frames',
});
const missing = (module: string) => `Traceback ...\nModuleNotFoundError: No module named '${module}'\n`;

let root: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'unshipped-')));
  execFileSync('git', ['init', '--quiet'], { cwd: root });
  write({ '.gitignore': 'credentials.py\ngenerated.py\n', 'flows/p/f/flow.py': '', 'libs/alerts/__init__.py': '' });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(files: Record<string, string>): void {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), content);
  }
}

function flow(...ships: string[]) {
  return {
    folder: 'flows/p/f',
    files: ['flows/p/f/flow.py', 'libs/alerts/__init__.py', ...ships].map((from) => ({ from, to: from })),
  };
}

const workspace = (owned: string[] = []) =>
  around(root, GRAPH, { 'p-f': ['flows/p/f/flow.py', ...owned], alerts: ['libs/alerts/__init__.py'] });

describe('a module that Python missed', () => {
  test.each([
    ['beside the flow', 'flows/p/f/credentials.py', missing('credentials')],
    ['relative to the flow', 'flows/p/f/credentials.py', missing('flow.credentials')],
    ["by the repository's paths", 'flows/p/f/credentials.py', missing('flows.p.f.credentials')],
    ['in a lib', 'libs/alerts/generated.py', missing('alerts.generated')],
    [
      'in a lib, by name',
      'libs/alerts/generated.py',
      "ImportError: cannot import name 'generated' from 'alerts' (/code/alerts/__init__.py)\n",
    ],
    [
      'hidden by a standard module',
      'flows/p/f/credentials.py',
      "ImportError: cannot import name 'KEY' from 'credentials' (/usr/lib/credentials.py)\n",
    ],
  ])('%s, and that git ignores, is named', (_where, file, traceback) => {
    write({ [file]: '' });
    const error = explainUnshipped(ERROR, traceback, flow(), workspace());

    expect(error).toMatchObject({
      code: 'module-not-shipped',
      place: { file: 'flows/p/f/flow.py', line: 2 },
      detail: 'frames',
    });
    expect(error.what).toBe(`${file} exists, but git ignores it, so it does not ship.`);
  });

  it('is a test', () => {
    write({ 'flows/p/f/tests.py': '' });
    expect(explainUnshipped(ERROR, missing('tests'), flow(), workspace(['flows/p/f/tests.py'])).what).toContain(
      'it is a test',
    );
  });

  it('belongs to nothing that the flow imports', () => {
    write({ 'shared/numbers.py': '' });
    expect(explainUnshipped(ERROR, missing('shared.numbers'), flow(), workspace()).what).toContain(
      'shared/numbers.py exists, but no import statement leads to it',
    );
  });

  test.each([
    ['a package that is not there at all', missing('pandas')],
    [
      'a name that a shipped module lacks',
      "ImportError: cannot import name 'notify' from 'alerts' (/code/alerts/__init__.py)\n",
    ],
    ['something else', 'ValueError: no such table\n'],
  ])("Python's own word stays for %s", (_what, traceback) => {
    expect(explainUnshipped(ERROR, traceback, flow(), workspace())).toBe(ERROR);
  });
});

test('imports that loading did not need are warned of, once a file', () => {
  write({
    'flows/p/f/flow.py':
      'import json\nimport alerts\n\ndef main():\n    from .credentials import KEY\n    import credentials\n',
    'flows/p/f/credentials.py': '',
  });

  expect(unshippedImports(flow(), workspace())).toEqual([
    expect.stringMatching(/^flows\/p\/f\/flow\.py:5 imports flows\/p\/f\/credentials\.py, but git ignores it/),
  ]);
});
