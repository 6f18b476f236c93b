import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { scanImports } from '../../scanner/imports';
import { readLayout } from '../../workspace/layout';
import { createModuleResolver } from '../modules';
import { createPackageGraph } from './package-graph';

const LOCK = `six==1 \\
    --hash=sha256:aa
    # via python-dateutil
python-dateutil==2
    # via pandas
pandas==3
    # via -r requirements.in
pyyaml==4
    # via -r requirements.in
google-cloud-storage==5
    # via -r requirements.in
`;
const FILES: Record<string, string> = {
  'requirements.txt': LOCK,
  'flows/p/a/flow.py': '',
  'flows/p/a/tasks.py': '',
  'flows/p/b/flow.py': '',
  'flows/q/requirements.txt': LOCK,
  'flows/q/a/flow.py': '',
  'libs/clock/__init__.py': 'import six, gone',
  'libs/alerts/__init__.py': 'import clock, yaml, json',
  'libs/alerts/test_alerts.py': 'import pandas',
  'libs/acme/google/acme.py': '',
};
const [A, B, Q] = ['flows/p/a', 'flows/p/b', 'flows/q/a'] as const;

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'package-graph-'))));
afterEach(() => rmSync(root, { recursive: true }));

function graphOf(files: Record<string, string> = FILES, packageNames: Record<string, string> = {}) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const hashes = new Map(Object.entries(files).map(([path, text]) => [path, `${path} ${text}`]));
  const layout = readLayout(hashes.keys(), { flowsDirectory: 'flows', libsDirectory: 'libs' });
  const modules = createModuleResolver(layout);
  const graph = createPackageGraph({ workspaceRoot: root, hashes, layout, modules, packageNames });
  const reached = (source: string, from: string = A) =>
    [
      ...new Set(
        scanImports(Buffer.from(source)).flatMap((found) =>
          graph.reachedBy(found, from, modules.resolve(found, `${from}/flow.py`, from)),
        ),
      ),
    ].sort();
  const edges = () =>
    graph
      .edges(hashes)
      .map(({ source, target }) => `${source} -> ${target}`)
      .sort();
  return { ...graph, reached, edges };
}

test.each([
  ['import six', ['pypi:six']],
  ['import yaml.nodes, pandas as pd', ['pypi:pandas', 'pypi:pyyaml']],
  ['from google.cloud import storage', ['pypi:(libs/acme)', 'pypi:google-cloud-storage']],
  ['from google import acme', ['pypi:(libs/acme)']],
  ['import json, os.path', []],
  ['import tasks', []],
  ['from . import tasks', []],
  ['from .six import x', []],
  ['import clock', ['pypi:(libs/clock)']],
  ['from flows.p.b import flow', []],
  ['from flows.q.a import flow', ['pypi:(all)']],
  ['import unheard_of', ['pypi:(all)']],
  ['from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import unheard_of', []],
])('%s reaches %j', (source, expected) => expect(graphOf().reached(source)).toEqual(expected));

test('a flow depends on its own lock alone', () => {
  const { reached } = graphOf();
  expect(reached('import six, clock, unheard_of', Q)).toEqual([
    'pypi:(all)@flows/q',
    'pypi:(libs/clock)@flows/q',
    'pypi:six@flows/q',
  ]);
});

test('what the workspace names', () => {
  expect(graphOf(FILES, { unheard_of: 'Pandas' }).reached('import unheard_of')).toEqual(['pypi:pandas']);
});

test('edges between packages and from libs, for each lock', () => {
  const { edges, nodes } = graphOf();
  const plain = [
    'pypi:(libs/alerts) -> pypi:(libs/clock)',
    'pypi:(libs/alerts) -> pypi:pyyaml',
    'pypi:(libs/clock) -> pypi:(all)',
    'pypi:(libs/clock) -> pypi:six',
    'pypi:pandas -> pypi:python-dateutil',
    'pypi:python-dateutil -> pypi:six',
  ];
  expect(edges()).toEqual([...plain, ...plain.map((edge) => edge.replaceAll(/pypi:\S+/g, '$&@flows/q'))].sort());
  for (const edge of edges()) for (const name of edge.split(' -> ')) expect(Object.keys(nodes)).toContain(name);
});

test('a node changes with its package alone; that of all with any', () => {
  const before = graphOf().nodes;
  const after = graphOf({ ...FILES, 'requirements.txt': LOCK.replace('sha256:aa', 'sha256:bb') }).nodes;
  const changed = Object.keys(before).filter((name) => before[name]!.data.hash !== after[name]!.data.hash);
  expect(changed.sort()).toEqual(['pypi:(all)', 'pypi:six']);
  expect(before['pypi:six']).toMatchObject({
    type: 'pypi',
    name: 'pypi:six',
    data: { version: '1', packageName: 'pypi:six' },
  });
});

test('a lock that does not say which package needs which is one node', () => {
  const { reached, nodes, edges } = graphOf({ ...FILES, 'requirements.txt': 'six==1\npandas==2' });
  expect(reached('import six')).toEqual(['pypi:(all)']);
  expect(reached('import json')).toEqual([]);
  expect(Object.keys(nodes).filter((name) => !name.includes('@'))).toEqual(expect.not.arrayContaining(['pypi:six']));
  expect(edges()).toContain('pypi:(libs/clock) -> pypi:(all)');
});

test('without a lock there is nothing', () => {
  const { 'requirements.txt': _one, 'flows/q/requirements.txt': _two, ...files } = FILES;
  const { reached, nodes, edges, fingerprint } = graphOf(files);
  expect([reached('import six, clock'), nodes, edges()]).toEqual([[], {}, []]);
  expect(graphOf({ ...files, [`${A}/six.py`]: '' }).fingerprint).toBe(fingerprint);
});

test('a sibling is no package, and the fingerprint tells that it came', () => {
  const { fingerprint } = graphOf();
  const later = graphOf({ ...FILES, [`${A}/six.py`]: '' });
  expect(later.reached('import six')).toEqual([]);
  expect(later.reached('import six', B)).toEqual(['pypi:six']);
  expect(later.fingerprint).not.toBe(fingerprint);
  expect(graphOf({ ...FILES, [`${A}/tasks.py`]: 'import six' }).fingerprint).toBe(fingerprint);
});
