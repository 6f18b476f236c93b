import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { GLOB, globPattern } from './glob';

// Nx's own matcher, the one that hashes: what ships must be what counts.
const { expandFilesInput } = require('nx/src/native') as { expandFilesInput(root: string, globs: string[]): string[] };

const PATHS = [
  'config/a.yaml',
  'config/b.yml',
  'config/deep/er/a.yaml',
  'config/.env',
  'sql/orders.sql',
  'sql/x/orders.sql',
  'a.yaml',
  '.b/a.yaml',
  'config.yaml',
  'sql/a b.sql',
  'sql/a$.sql',
];

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'glob-'));
  for (const path of PATHS) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), '');
  }
});
afterAll(() => rmSync(root, { recursive: true }));

const segment = fc.constantFrom(
  '*',
  '**',
  'config',
  'sql',
  '*.yaml',
  '*.{yaml,yml}',
  'a.*',
  '?.yaml',
  'o*s.sql',
  '{config,sql}',
  'deep',
  '.b',
  '.*',
  'a b.sql',
  'a$.sql',
);

test('matches what Nx matches', () => {
  fc.assert(
    fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), (segments) => {
      const glob = segments.join('/');
      expect(glob).toMatch(GLOB);
      const folders = PATHS.flatMap((path) =>
        path.split('/').map((_, depth, parts) => parts.slice(0, depth).join('/')),
      );
      // Nx takes a folder's name for all that is in it; here it is nothing, and the build says so.
      fc.pre(!folders.some((folder) => globPattern(glob).test(folder)) || glob.includes('**'));
      expect([glob, ...PATHS.filter((path) => globPattern(glob).test(path)).sort()]).toEqual([
        glob,
        ...expandFilesInput(root, [glob]).sort(),
      ]);
    }),
    { numRuns: 500 },
  );
});

test.each(['', '/a', 'a/', '../a', 'a/../b', './a', '!a', 'a[b]', '+(a)', '{a', 'a**', '**a', '{a/b,c}', 'a\\b'])(
  '%j is refused',
  (glob) => expect(glob).not.toMatch(GLOB),
);
