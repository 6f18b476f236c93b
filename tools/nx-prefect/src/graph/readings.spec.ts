import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nxDataFolder } from '../workspace/nx-files';
import type { Readings } from './readings';

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'readings-'));
  folder = nxDataFolder(root);
});
afterEach(() => rmSync(root, { recursive: true }));

/** As the next process opens it: nothing is in memory. */
function opened(): Readings {
  let readings: Readings;
  jest.isolateModules(() => (readings = (require('./readings') as typeof import('./readings')).openReadings(root)));
  return readings!;
}

function write(file: string, text: string): void {
  writeFileSync(join(root, file), text);
}

function modules(readings: Readings, hash: string): string[] {
  return readings.imports('a.py', hash).map(({ module }) => module);
}

test('a file is read again when its hash changes, and only then', () => {
  const readings = opened();
  write('a.py', 'import one');
  expect(modules(readings, '1')).toEqual(['one']);
  write('a.py', 'import two');
  expect(modules(readings, '1')).toEqual(['one']);
  expect(modules(readings, '2')).toEqual(['two']);
});

test('what a graph asked for is there in the next process; the rest is dropped', () => {
  write('a.py', 'import one');
  write('README.md', '# A\n\nLoads orders.\n\nOwner: @sales\n');
  const first = opened();
  modules(first, '1');
  first.readme('README.md', 'r');
  first.save();
  rmSync(join(root, 'a.py'));
  rmSync(join(root, 'README.md'));

  const second = opened();
  second.renew();
  expect(modules(second, '1')).toEqual(['one']);
  expect(second.readme('README.md', 'r')).toEqual({ description: 'Loads orders.', owners: ['@sales'] });
  second.save();
  second.renew();
  write('b.py', 'import three');
  second.readme('README.md', 'r');
  second.imports('b.py', '3');
  second.save();

  const third = opened();
  expect(modules(third, '1')).toEqual([]);
  expect(third.readme('README.md', 'r').description).toBe('Loads orders.');
});

test('a graph that asks for little drops nothing', () => {
  write('a.py', 'import one');
  write('b.py', 'import two');
  const first = opened();
  first.renew();
  modules(first, '1');
  first.save();
  first.imports('b.py', '2');
  first.save();
  rmSync(join(root, 'a.py'));
  expect(modules(opened(), '1')).toEqual(['one']);
});

test('a file that is gone says nothing, now or later: it may come back with the same content', () => {
  const readings = opened();
  expect(modules(readings, '1')).toEqual([]);
  expect(readings.readme('README.md', undefined)).toEqual({ description: '', owners: [] });
  write('a.py', 'import one');
  expect(modules(readings, '1')).toEqual(['one']);
});

test('a damaged store is read over', () => {
  write('a.py', 'import one');
  const first = opened();
  modules(first, '1');
  first.save();
  const store = readdirSync(folder).find((name) => name.startsWith('nx-prefect-'));
  writeFileSync(join(folder, store!), '[[["1"');
  expect(modules(opened(), '1')).toEqual(['one']);
});
