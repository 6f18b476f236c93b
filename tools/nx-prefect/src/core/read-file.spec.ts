import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readIfThere, readJsonIfThere, readTextIfThere } from './read-file';

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'read-file-'))));
afterEach(() => rmSync(root, { recursive: true }));

test('what is there is read', () => {
  writeFileSync(join(root, 'a.json'), '{ "name": "é" }');
  expect(readIfThere(join(root, 'a.json'))).toEqual(Buffer.from('{ "name": "é" }'));
  expect(readTextIfThere(join(root, 'a.json'))).toBe('{ "name": "é" }');
  expect(readJsonIfThere(join(root, 'a.json'))).toEqual({ name: 'é' });
});

test('no file, a folder, a path through a file and a link in a circle are nothing', () => {
  mkdirSync(join(root, 'folder'));
  writeFileSync(join(root, 'file'), '');
  symlinkSync('circle', join(root, 'circle'));
  for (const path of ['gone', 'folder', 'file/below', 'circle']) {
    expect(readIfThere(join(root, path))).toBeUndefined();
    expect(readTextIfThere(join(root, path))).toBeUndefined();
    expect(readJsonIfThere(join(root, path))).toBeUndefined();
  }
});

test('a path that no file can have is an error', () => {
  expect(() => readIfThere(join(root, 'x'.repeat(5000)))).toThrow(/ENAMETOOLONG/);
});

test('what is no JSON is nothing', () => {
  writeFileSync(join(root, 'a.json'), '{ "name');
  expect(readJsonIfThere(join(root, 'a.json'))).toBeUndefined();
});
