import type { Setback } from './retry';
import { Line } from './line';

jest.mock('node:timers/promises', () => ({ setTimeout: jest.fn(() => Promise.resolve()) }));

const line = () => new Line('prefect.example.com', { silenceMs: 1000, patienceMs: 60_000 }, () => undefined);
const failing = () => jest.fn((): Promise<string> => Promise.reject(new Error('no')));
const as = (kind: Setback['kind']) => () => ({ kind });

describe('Line', () => {
  it('sends again what may pass, and what stays once', async () => {
    const [busy, final] = [failing(), failing()];
    await expect(line().send(busy, as('busy'))).rejects.toThrow('no');
    await expect(line().send(final, as('final'))).rejects.toThrow('no');
    expect([busy.mock.calls.length, final.mock.calls.length]).toEqual([12, 1]);
  });

  it('sends a request that met silence once more, also after other setbacks', async () => {
    const kinds: Setback['kind'][] = ['busy', 'cut', 'silent', 'busy', 'silent'];
    const action = failing();
    const met = () => ({ kind: kinds[action.mock.calls.length - 1] }) as Setback;
    await expect(line().send(action, met)).rejects.toThrow('no');
    expect(action).toHaveBeenCalledTimes(kinds.length);
  });

  it('ends all at once after three requests in a row that found the server away', async () => {
    const down = line();
    const action = failing();
    for (let flow = 0; flow < 3; flow++) await expect(down.send(action, as('busy'))).rejects.toThrow('no');
    const asked = action.mock.calls.length;
    await expect(down.send(action, as('busy'))).rejects.toThrow(
      /prefect\.example\.com was away for 3 requests in a row.*Run the command again.*\[server-away\]/,
    );
    expect(action).toHaveBeenCalledTimes(asked);
  });

  it('an answer between them, also a refusal, begins the count anew', async () => {
    const shaky = line();
    for (let flow = 0; flow < 4; flow++) {
      await expect(shaky.send(failing(), as('silent'))).rejects.toThrow('no');
      await expect(shaky.send(failing(), as('final'))).rejects.toThrow('no');
    }
    await expect(shaky.send(() => Promise.resolve('there'), as('final'))).resolves.toBe('there');
  });

  it('waits for a server that answered and starts again, not for one that nobody has heard of', async () => {
    const [never, later] = [failing(), failing()];
    await expect(line().send(never, as('unreachable'))).rejects.toThrow('no');
    const known = line();
    await known.send(() => Promise.resolve(''), as('final'));
    await expect(known.send(later, as('unreachable'))).rejects.toThrow('no');
    expect([never.mock.calls.length, later.mock.calls.length]).toEqual([1, 12]);
  });
});
