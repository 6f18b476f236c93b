import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProjectGraph } from '@nx/devkit';
import { notesOfGraph } from './graph-notes';
import { createModuleResolver } from './modules';
import { newNotes } from './said-notes';
import { sentinelNode } from './sentinel';

const NOTES = [
  { text: 'prefect.yaml names a file that is gone.', about: ['flows/a.py', 'flows/p/b/flow.py'] },
  { text: 'A pattern matches nothing.', about: [] },
];

test('a run says what concerns its flows, and a run over all of them the rest', () => {
  const roots = { a: 'flows/a.py', b: 'flows/p/b', c: 'flows/c.py' };
  const nodes = Object.fromEntries(
    Object.entries(roots).map(([name, root]) => [name, { name, type: 'app', data: { root, tags: ['type:flow'] } }]),
  ) as unknown as ProjectGraph['nodes'];
  const resolver = createModuleResolver({ flows: [], libs: [], packages: [] });
  const graph = { nodes, externalNodes: sentinelNode(resolver, undefined, [], '', NOTES) };
  const said = (projects: string[]) => projects.map((project) => notesOfGraph(graph, projects)(project));

  const [ofYaml, ofAll] = NOTES.map(({ text }) => `Warning: ${text}`);
  expect(said(['a', 'c'])).toEqual([[ofYaml], []]);
  expect(said(['a', 'b', 'c'])).toEqual([[ofYaml, ofAll], [ofYaml, ofAll], [ofAll]]);
  expect(notesOfGraph({ nodes }, ['a'])('a')).toEqual([]);
});

test('a graph says what the one before did not say', () => {
  const root = mkdtempSync(join(tmpdir(), 'said-notes-'));
  try {
    const said = [['one', 'two'], ['one', 'two'], ['two'], ['one', 'two']].map((notes) => newNotes(root, notes));
    expect(said).toEqual([['one', 'two'], [], [], ['one']]);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
