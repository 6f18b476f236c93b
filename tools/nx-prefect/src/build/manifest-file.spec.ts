import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeDigest } from '../workspace/shipped-content';
import { readManifest, readShared, sharedText } from './manifest-file';

const D = 'ab'.repeat(32);
const FILES = { 'flows/p/f/flow.py': D };

describe('a manifest', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'nx-prefect-spec-'));
    mkdirSync(join(root, 'dist/flows/p/f'), { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const read = (change: object = {}) => {
    const manifest = {
      formatVersion: 2,
      sourceDigest: D,
      flow: 'p-f',
      engine: 'prefect3',
      options: {},
      code: { digest: codeDigest(FILES), files: FILES },
      sources: FILES,
      environmentRead: [],
      registrations: [{ flowName: 'f', entrypoint: 'flows/p/f/flow.py:f', declaredIn: 'flows/p/f/flow.py', digest: D }],
      unregistered: [],
      ...change,
    };
    writeFileSync(join(root, 'dist/flows/p/f/manifest.json'), JSON.stringify(manifest));
    return readManifest(root, 'flows/p/f');
  };
  const coded = (files: Record<string, string>) => ({ code: { digest: codeDigest(files), files } });

  it('is read', () => {
    expect(read()?.code.files).toEqual(FILES);
  });

  it.each<[string, object]>([
    ['an older format', { formatVersion: 1 }],
    ['no digest of its source', { sourceDigest: undefined }],
    ['a digest that is a path', { code: { digest: '../../x', files: FILES } }],
    ['the digest of other files', { code: { digest: D, files: FILES } }],
    ['a path upwards', coded({ '../x': D })],
    ['a path upwards within', coded({ 'a/../../x': D })],
    ['a path from the root', coded({ '/etc/x': D })],
    ["a path of Windows'", coded({ 'C:\\x': D })],
    ['a path upwards of Windows', coded({ 'a\\..\\..\\x': D })],
    ['a path that is not the shortest', coded({ './x': D })],
    ['an empty path', coded({ '': D })],
    ['a content that is no digest', coded({ x: 'y' })],
    ['a source that is a path upwards', { sources: { '../../x': D } }],
    ['a script kept under a path', { script: { digest: '../../x', files: { 'flow.py': D } } }],
    ['a script of another name', { script: { digest: D, files: { '../flow.py': D } } }],
    [
      'a registration whose digest is none',
      { registrations: [{ flowName: 'f', entrypoint: 'e', declaredIn: 'f', digest: '../x' }] },
    ],
  ])('with %s is no build', (_what, change) => {
    expect(read(change)).toBeUndefined();
  });

  it('comes back from a store as it was put there', () => {
    const manifest = { ...read()!, clock: ['2026-01-01'] };
    expect(readShared(sharedText(manifest))).toEqual(manifest);
  });

  it.each<[string, (text: string) => string]>([
    ['cut off', (text) => text.slice(0, -5)],
    ['empty', () => ''],
    ['no object', () => '[]'],
    ['changed', (text) => text.replace('flow.py:f', 'flow.py:g')],
    ['an answer of something else', () => '<html></html>'],
    ['with more than a build', (text) => text.replace(/}$/, ',"more":1}')],
    ['of a path upwards', () => sharedText({ ...read()!, sources: { '../x': D } })],
    ['of one machine', () => sharedText({ ...read()!, opened: { '/data/x': D } })],
  ])('is refused where what a store gives is %s', (_what, damage) => {
    expect(readShared(damage(sharedText(read()!)))).toBeUndefined();
  });
});
