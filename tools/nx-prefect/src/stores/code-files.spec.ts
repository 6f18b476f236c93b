import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '../core/canonical';
import { codeOf } from './code-files';

describe('code as it lies in the workspace', () => {
  let root: string;
  const shipped = [
    { from: 'libs/alerts/__init__.py', to: 'alerts/__init__.py' },
    { from: 'flows/p/f/flow.py', to: 'flows/p/f/flow.py' },
  ];
  const read = (path: string) =>
    codeOf(root, shipped, {
      digest: 'abc',
      files: { 'alerts/__init__.py': sha256('x = 1\n'), 'flows/p/f/flow.py': sha256('import alerts\n') },
    }).read(path);
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'nx-prefect-spec-'));
    for (const folder of ['libs/alerts', 'flows/p/f']) mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, 'libs/alerts/__init__.py'), 'x = 1\r\n');
    writeFileSync(join(root, 'flows/p/f/flow.py'), 'import alerts\n');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('is read from where it comes from, with the line endings that ship', async () => {
    expect(String(await read('alerts/__init__.py'))).toBe('x = 1\n');
    expect(String(await read('flows/p/f/flow.py'))).toBe('import alerts\n');
  });

  it.each([
    ['edited', () => writeFileSync(join(root, 'libs/alerts/__init__.py'), 'x = 2\n')],
    ['deleted', () => rmSync(join(root, 'libs/alerts/__init__.py'))],
  ])('is not shipped when it was %s after the build: the file is named', async (_, change) => {
    change();
    await expect(read('alerts/__init__.py')).rejects.toMatchObject({
      code: 'source-changed',
      place: { file: 'libs/alerts/__init__.py' },
    });
    await expect(read('flows/p/f/flow.py')).resolves.toBeDefined();
  });
});
