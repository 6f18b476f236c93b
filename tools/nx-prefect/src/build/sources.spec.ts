import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import type { FlowToBuild } from '../engines/staged-flow';
import { schema } from '../options/build-options';
import { type Source, Sources } from './sources';

jest.mock('./tool-digest', () => ({ toolDigest: () => 'tool' }));

const yaml = (own: string, other: string) =>
  `deployments:
- {entrypoint: flows/p/f/flow.py, tags: [${own}]}
- {entrypoint: flows/p/g/flow.py, tags: [${other}]}
`;
const SITE = '.venv/lib/python3.11/site-packages';
const FILES: Record<string, string> = {
  'flows/p/f/flow.py': 'import six\n',
  'prefect.yaml': yaml('a', 'b'),
  '.venv/bin/python': '',
  '.venv/pyvenv.cfg': 'version = 3.11.7\n',
  [`${SITE}/six-1.17.0.dist-info/METADATA`]: '',
  [`${SITE}/prefect-3.8.8.dist-info/METADATA`]: '',
  [`${SITE}/other-1.0.dist-info/METADATA`]: '',
};
const GRAPH = {
  nodes: {},
  dependencies: { 'p-f': [{ target: 'pypi:six' }, { target: 'pypi:prefect' }], 'pypi:prefect': [] },
  externalNodes: Object.fromEntries(
    [
      ['six', '1.17.0'],
      ['prefect', '3.8.8'],
    ].map(([name, version]) => [`pypi:${name}`, { data: { version, hash: `${name} ${version}` } }]),
  ),
};
const FLOW = {
  flow: 'p-f',
  folder: 'flows/p/f',
  flowFile: 'flows/p/f/flow.py',
  files: [{ from: 'flows/p/f/flow.py', to: 'flows/p/f/flow.py' }],
  prefectYaml: ['prefect.yaml'],
};

const made: string[] = [];
afterAll(() => made.forEach((root) => rmSync(root, { recursive: true })));

/** The source as a checkout of these files gives it, each at another path. `null` takes a file away. */
function sourceOf(changes: Record<string, string | null> = {}, graph: object = GRAPH, options: object = {}): Source {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'nx-prefect-spec-')));
  made.push(root);
  for (const [path, content] of Object.entries({ ...FILES, ...changes })) {
    if (content === null) continue;
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content, { mode: 0o755 });
  }
  const context = { root, projectGraph: graph } as unknown as ExecutorContext;
  return new Sources(context, {}).of({ ...FLOW, options: schema.parse(options) } as unknown as FlowToBuild);
}

const first = sourceOf();

test('a digest is sure where the packages are as the lock says', () => {
  expect(first.unsure).toBeUndefined();
  expect(first.codeFiles).toEqual({ 'flows/p/f/flow.py': first.sources['flows/p/f/flow.py'] });
});

test.each<[string, Record<string, string | null>]>([
  ['a checkout at another path', {}],
  ['another patch version of Python', { '.venv/pyvenv.cfg': 'version = 3.11.12\n' }],
  [
    'other line endings',
    { 'flows/p/f/flow.py': 'import six\r\n', 'prefect.yaml': yaml('a', 'b').replaceAll('\n', '\r\n') },
  ],
  ["an edit of another flow's entry of prefect.yaml", { 'prefect.yaml': yaml('a', 'x') }],
  ['another version of a package that it does not reach', { [`${SITE}/other-1.0.dist-info/METADATA`]: null }],
])('%s gives the same digest', (_what, changes) => {
  expect(sourceOf(changes)).toEqual(first);
});

test.each<[string, Record<string, string | null>, string | undefined]>([
  ['an edit', { 'flows/p/f/flow.py': 'import six  # now\n' }, undefined],
  ['an edit of its entry of prefect.yaml', { 'prefect.yaml': yaml('x', 'b') }, undefined],
  [
    'a package that lags behind the lock',
    { [`${SITE}/six-1.17.0.dist-info/METADATA`]: null, [`${SITE}/six-1.16.0.dist-info/METADATA`]: '' },
    'six 1.16.0 is installed, and the lock says 1.17.0',
  ],
  [
    'a package from a folder',
    { [`${SITE}/six-1.17.0.dist-info/direct_url.json`]: '{"url": "file:///six", "dir_info": {"editable": true}}' },
    'the package six is installed from a folder',
  ],
  [
    'another Python',
    Object.fromEntries(
      Object.keys(FILES).flatMap((path) =>
        path.startsWith(SITE)
          ? [
              [path, null],
              [path.replace('3.11', '3.12'), ''],
            ]
          : [],
      ),
    ),
    undefined,
  ],
])('%s gives another digest', (_what, changes, unsure) => {
  const source = sourceOf(changes);
  expect(source.digest).not.toBe(first.digest);
  expect(source.unsure).toBe(unsure);
});

test('without a lock every package that is installed counts, and the digest is not sure', () => {
  const without = { ...GRAPH, externalNodes: {} };
  const source = sourceOf({}, without);
  expect(source.unsure).toBe('no lock file says which packages it runs with');
  expect(sourceOf({ [`${SITE}/other-1.0.dist-info/METADATA`]: null }, without).digest).not.toBe(source.digest);
});

test('a lock that is new counts, whether or not it is installed yet', () => {
  const hash = { data: { version: '1.18.0', hash: 'six 1.18.0' } };
  const source = sourceOf({}, { ...GRAPH, externalNodes: { ...GRAPH.externalNodes, 'pypi:six': hash } });
  expect(source.digest).not.toBe(first.digest);
  expect(source.unsure).toBe('six 1.17.0 is installed, and the lock says 1.18.0');
});
