import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failureOf } from './errors';
import { writeWhole, writeWholeLater } from './write-file';

/** Every write to it fails as on a full disk. */
const FULL = '/dev/full';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'nx-prefect-write-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('writing a file', () => {
  it('writes all of it, and leaves a file that must be new alone', async () => {
    const path = join(folder, 'a');
    writeWhole(path, 'one');
    expect(() => writeWhole(path, 'two', { flag: 'wx' })).toThrow(expect.objectContaining({ code: 'EEXIST', path }));
    expect(readFileSync(path, 'utf8')).toBe('one');
    await writeWholeLater(path, Buffer.from('three'));
    expect(readFileSync(path, 'utf8')).toBe('three');
  });

  it('names the place of a full disk', async () => {
    const link = join(folder, 'link');
    if (!existsSync(FULL)) return; // macOS and Windows have none.
    for (const write of [writeWhole, writeWholeLater]) {
      symlinkSync(FULL, link);
      const error = await Promise.resolve()
        .then(() => write(link, 'text'))
        .catch((thrown: unknown) => thrown);
      expect(failureOf(error).message).toContain('link');
      expect(failureOf(error).message).toMatch(/can't be written: the disk is full \(ENOSPC\)\. .*\[file-system\]/);
      expect(existsSync(link)).toBe(false);
    }
  });
});
