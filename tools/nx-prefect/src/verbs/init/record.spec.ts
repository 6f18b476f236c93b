import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Edit, RECORD, readRecord, recordOf, undo } from './record';

const MANIFEST = JSON.stringify({ formatVersion: 1, registrations: [] });

describe('undo', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'nx-prefect-spec-'))));
  afterEach(() => rmSync(root, { recursive: true }));

  const write = (path: string, content: string | Buffer) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  const init = (edits: Edit[], made: string[] = []) => {
    const record = recordOf(root, readRecord(root), edits, made);
    for (const { path, content } of [record, ...edits]) write(path, content);
  };

  it('puts back every byte of what was there, and removes what was not', () => {
    const bytes = Buffer.from([0xff, 0x0d, 0x0a, 0x00, 0x41]);
    write('.gitignore', bytes);
    write('flows/a.py', 'an edit that nobody committed');
    init(
      [
        { path: '.gitignore', content: 'dist\n' },
        { path: 'nx.json', content: '{}' },
      ],
      ['.nx'],
    );
    write('.nx/cache/x', '1');
    write('dist/flows/a/manifest.json', MANIFEST);

    expect(undo(root)).toEqual({ restored: ['.gitignore'], removed: ['nx.json', '.nx', 'dist/flows/a'] });
    expect(readFileSync(join(root, '.gitignore'))).toEqual(bytes);
    expect(readFileSync(join(root, 'flows/a.py'), 'utf8')).toBe('an edit that nobody committed');
    expect(readdirSync(root).sort()).toEqual(['.gitignore', 'flows']);
  });

  it('after a second init puts back what was there before the first', () => {
    write('.gitignore', 'mine\n');
    init([{ path: '.gitignore', content: 'first\n' }]);
    init([{ path: '.gitignore', content: 'second\n' }]);
    undo(root);
    expect(readFileSync(join(root, '.gitignore'), 'utf8')).toBe('mine\n');
  });

  it('touches nothing when a file was edited since, and names it', () => {
    init([
      { path: 'nx.json', content: '{}' },
      { path: '.gitignore', content: 'dist\n' },
    ]);
    write('nx.json', '{"mine": 1}');
    expect(() => undo(root)).toThrow(/Edited since init wrote it: nx\.json\. .*\[edited-since-init\]/);
    expect(readFileSync(join(root, '.gitignore'), 'utf8')).toBe('dist\n');
    expect(existsSync(join(root, RECORD))).toBe(true);
  });

  it('leaves builds of others in a folder that it shares with them', () => {
    init([{ path: 'nx.json', content: '{}' }]);
    write('dist/web/manifest.json', '{"icons": []}');
    write('dist/flows/a/manifest.json', MANIFEST);
    write('dist/team-1.0.whl', 'theirs');
    undo(root);
    expect(readdirSync(join(root, 'dist')).sort()).toEqual(['team-1.0.whl', 'web']);
  });

  it('says that there was no init', () => {
    expect(() => undo(root)).toThrow(/\[not-initialized\]/);
  });
});
