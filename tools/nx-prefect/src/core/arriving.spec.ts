import { arriving } from './arriving';

async function taken<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

test('values arrive in their order, and work goes on while nobody takes them', async () => {
  const handedOut: number[] = [];
  const values = arriving<number>(async (arrive) => {
    for (const value of [1, 2, 3]) {
      await Promise.resolve();
      handedOut.push(value);
      arrive(value);
    }
  });
  expect(await values.next()).toEqual({ done: false, value: 1 });
  while (handedOut.length < 3) await Promise.resolve();
  expect(await taken(values)).toEqual([2, 3]);
});

test('an error comes after what arrived before it', async () => {
  const values = arriving<number>(async (arrive) => {
    arrive(1);
    throw new Error('broken');
  });
  expect(await values.next()).toEqual({ done: false, value: 1 });
  await expect(values.next()).rejects.toThrow('broken');
});

test('work that hands out nothing ends', async () => {
  expect(await taken(arriving(async () => undefined))).toEqual([]);
});
