import { appendFileSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataFile } from './file';
import { Store } from './store';

describe('the data file', () => {
  let folder: string;
  let file: string;
  const open = () => {
    const store = new Store(new DataFile(file));
    store.refresh();
    return store;
  };
  const tenant = (store: Store, slug: string) =>
    store.transaction(() => store.insert('tenant', { name: slug, slug, settings: {} }));
  const slugs = (store: Store) => store.all('tenant').map(({ slug }) => slug);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'prefect1-server-'));
    file = join(folder, 'made', 'on', 'demand.jsonl');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('holds what a transaction wrote, changed and deleted when it returns', () => {
    const store = open();
    const [a, b] = [tenant(store, 'a'), tenant(store, 'b')];
    store.transaction(() => store.update('tenant', a, { name: 'changed' }));
    store.transaction(() => store.delete('tenant', b));
    expect(open().all('tenant')).toEqual(store.all('tenant'));
    expect(store.all('tenant')).toMatchObject([{ id: a, name: 'changed', slug: 'a' }]);
  });

  it('is followed when a copy is put back or it is removed, while the store is in use', () => {
    const store = open();
    tenant(store, 'a');
    copyFileSync(file, `${file}.copy`);
    tenant(store, 'b');
    expect(store.refresh()).toBe(false);
    copyFileSync(`${file}.copy`, file);
    expect(store.refresh()).toBe(true);
    expect(slugs(store)).toEqual(['a']);
    tenant(store, 'c');
    expect(slugs(open())).toEqual(['a', 'c']);

    rmSync(file);
    expect(store.refresh()).toBe(true);
    expect(slugs(store)).toEqual([]);
    expect(existsSync(file)).toBe(true);
  });

  it('keeps whole transactions when a killed server left half a line', () => {
    tenant(open(), 'a');
    appendFileSync(file, '[["tenant","ü');
    const store = open();
    expect(slugs(store)).toEqual(['a']);
    tenant(store, 'b');
    expect(slugs(open())).toEqual(['a', 'b']);
  });

  it('is refused, and left as it is, when it is something else or damaged', () => {
    tenant(open(), 'a');
    const whole = readFileSync(file, 'utf8');
    writeFileSync(file, whole.replace('[["tenant"', '[["tenant'));
    expect(open).toThrow(`${file}:2 can't be read. Put a copy of the file back, or remove it to start with nothing.`);
    writeFileSync(file, '{"some": "json"}\n');
    expect(open).toThrow(`${file} is not a data file of prefect1-server`);
    expect(readFileSync(file, 'utf8')).toBe('{"some": "json"}\n');
  });
});

describe('a transaction', () => {
  const store = new Store();
  const row = { name: 'a', slug: 'a', settings: {} };

  it('that fails leaves nothing, neither new rows nor changes nor deletions', () => {
    const id = store.transaction(() => store.insert('tenant', row));
    const project = store.transaction(() => store.insert('project', { tenant_id: id, name: 'p' }));
    const before = [store.all('tenant'), store.all('project')];
    const failing = () =>
      store.transaction(() => {
        store.update('project', project, { name: 'q' });
        store.insert('tenant', { ...row, slug: 'other' });
        store.delete('tenant', id);
        throw new Error('on the way');
      });
    expect(failing).toThrow('on the way');
    expect([store.all('tenant'), store.all('project')]).toEqual(before);
  });

  it("answers a violated constraint in the real server's words", () => {
    expect(() => store.transaction(() => store.insert('tenant', row))).toThrow('Uniqueness violation.');
    const orphan = { tenant_id: '00000000-0000-4000-8000-000000000000', name: 'p' };
    expect(() => store.transaction(() => store.insert('project', orphan))).toThrow('Foreign key violation.');
  });

  it('deletes what refers to a deleted row', () => {
    const [{ id } = { id: '' }] = store.all('tenant');
    expect(store.transaction(() => store.delete('tenant', id))).toBe(true);
    expect(store.all('project')).toEqual([]);
    expect(store.transaction(() => store.delete('tenant', id))).toBe(false);
  });

  it('gives each row a later time', () => {
    const times = Array.from({ length: 2000 }, () => store.now());
    expect(times.toSorted()).toEqual(times);
    expect(new Set(times).size).toBe(times.length);
    expect(times[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/);
  });
});
