import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { findOnPath } from './find-on-path';

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'find-on-path-'))));
afterEach(() => rmSync(root, { recursive: true }));

function write(file: string, mode = 0o755): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), '', { mode });
}
const found = (names: string[], ...folders: string[]) =>
  findOnPath(names, folders.map((folder) => folder && join(root, folder)).join(delimiter))?.slice(root.length + 1);

test('the first folder that has the program decides', () => {
  write('b/podman');
  write('c/podman');
  expect(found(['podman'], '', 'a', 'b', 'c')).toBe('b/podman');
});

test('a better name goes before an earlier folder', () => {
  write('a/python');
  write('b/python3');
  expect(found(['python3', 'python'], 'a', 'b')).toBe('b/python3');
});

test('a folder, and a file that nobody may run, are no programs', () => {
  write('a/podman/x');
  write('b/podman', 0o644);
  expect(found(['podman'], 'a', 'b')).toBeUndefined();
});
