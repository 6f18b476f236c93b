import { GroupedRead } from './grouped-read';

const after = (ms: number, id: string) => () => new Promise<{ id: string }>((done) => setTimeout(done, ms, { id }));

describe('GroupedRead', () => {
  it('reads together when the last one has arrived, and gives each caller its own', async () => {
    const asked: string[][] = [];
    const reads = new GroupedRead<string>(async (ids) => {
      asked.push(ids);
      return new Map(ids.filter((id) => id !== 'gone').map((id) => [id, `row ${id}`]));
    }, 100);
    const all = [reads.after(after(10, 'a')), reads.after(after(1, 'gone')), reads.after(after(5, 'b'))];
    expect(await Promise.all(all)).toEqual([
      { id: 'a', read: 'row a' },
      { id: 'gone', read: undefined },
      { id: 'b', read: 'row b' },
    ]);
    expect(await reads.after(after(1, 'c'))).toEqual({ id: 'c', read: 'row c' });
    expect(asked.map((ids) => ids.sort())).toEqual([['a', 'b', 'gone'], ['c']]);
  });

  it('does not wait for the last one when many wait already', async () => {
    const asked: number[] = [];
    const reads = new GroupedRead<string>(
      (ids) => Promise.resolve(new Map((asked.push(ids.length), ids.map((id) => [id, id])))),
      2,
    );
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((id, at) => reads.after(after(at * 5, id))));
    expect(asked).toEqual([2, 2, 1]);
  });

  it('lets an action that fails hold nobody up, and a read that fails fail those who wait for it', async () => {
    const reads = new GroupedRead<string>(
      (ids) =>
        ids.includes('bad') ? Promise.reject(new Error('no')) : Promise.resolve(new Map(ids.map((id) => [id, id]))),
      1,
    );
    const failing = reads.after(() => Promise.reject<{ id: string }>(new Error('action')));
    expect(
      (await Promise.allSettled([failing, reads.after(after(1, 'bad')), reads.after(after(20, 'good'))])).map(
        ({ status }) => status,
      ),
    ).toEqual(['rejected', 'rejected', 'fulfilled']);
    expect(await reads.after(after(1, 'good'))).toMatchObject({ read: 'good' });
  });
});
