/**
 * Values in the order in which a piece of work hands them out, while it goes on: it does not wait for who takes them.
 * What it throws is thrown when all have been taken.
 */
export async function* arriving<T>(work: (arrive: (value: T) => void) => Promise<void>): AsyncGenerator<T> {
  const arrived: T[] = [];
  let isOver = false;
  let wake: () => void = () => undefined;
  const arrive = (value: T) => {
    arrived.push(value);
    wake();
  };
  const done = work(arrive).finally(() => {
    isOver = true;
    wake();
  });
  done.catch(() => undefined); // it is awaited below
  for (;;) {
    yield* arrived.splice(0);
    if (arrived.length > 0) continue;
    if (isOver) break;
    await new Promise<void>((next) => (wake = next));
  }
  await done;
}
