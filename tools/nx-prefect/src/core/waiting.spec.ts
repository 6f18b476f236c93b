import { Waiting } from './waiting';

describe('Waiting', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('says a word after 10 s and every half a minute, once for all who wait, and none after the end', async () => {
    const say = jest.fn();
    const waiting = new Waiting('s3.eu-west-1.amazonaws.com', say);
    let end: () => void = () => undefined;
    const ended = new Promise<void>((done) => (end = done));
    const all = [waiting.during(() => ended), waiting.during(() => ended)];
    await jest.advanceTimersByTimeAsync(9_000);
    expect(say).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(2_000);
    expect(say.mock.calls).toEqual([['Waiting for s3.eu-west-1.amazonaws.com: 10 s.']]);
    await jest.advanceTimersByTimeAsync(30_000);
    expect(say).toHaveBeenCalledTimes(2);
    expect(say).toHaveBeenLastCalledWith('Waiting for s3.eu-west-1.amazonaws.com: 40 s.');
    end();
    await Promise.all(all);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(say).toHaveBeenCalledTimes(2);
  });
});
