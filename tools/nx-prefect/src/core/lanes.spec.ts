import fc from 'fast-check';
import { Lanes } from './lanes';

describe('Lanes', () => {
  it('never runs more at once than there are lanes, and runs everything', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.boolean(), { maxLength: 20 }),
        fc.boolean(),
        async (count, fails, narrow) => {
          const lanes = new Lanes(count + (narrow ? 1 : 0));
          let [running, most] = [0, 0];
          const actions = fails.map((fail) =>
            lanes.run(async () => {
              most = Math.max(most, ++running);
              await Promise.resolve();
              running--;
              if (fail) throw new Error('failed');
            }),
          );
          if (narrow) lanes.narrow();
          const ended = await Promise.allSettled(actions);
          expect(ended.map(({ status }) => status === 'rejected')).toEqual(fails);
          expect(most).toBeLessThanOrEqual(count + (narrow ? 1 : 0));
        },
      ),
    );
  });

  it('is one lane less after narrowing', async () => {
    const lanes = new Lanes(2);
    lanes.narrow();
    const order: string[] = [];
    const action = (name: string) => async () => {
      order.push(`${name} starts`);
      await new Promise((done) => setTimeout(done, 1));
      order.push(`${name} ends`);
    };
    await Promise.all([lanes.run(action('a')), lanes.run(action('b'))]);
    expect(order).toEqual(['a starts', 'a ends', 'b starts', 'b ends']);
  });
});
