import { pauseAfter, retryAfterMs } from './retry';

const PATIENCE = 60_000;
const middle = () => 0.5;

describe('pauseAfter', () => {
  it('starts at 25 ms, doubles up to 5 s, and gives up after about 20 s', () => {
    const pauses: number[] = [];
    let waited = 0;
    for (let tries = 1; ; tries++) {
      const pause = pauseAfter(tries, { kind: 'cut' }, waited, PATIENCE, middle);
      if (pause === undefined) break;
      pauses.push(pause);
      waited += pause;
    }
    expect(pauses).toEqual([25, 50, 100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000]);
  });

  it('waits as long as the server asks for, and not at all for more than its patience', () => {
    const asked = (ms: number, waited = 0) =>
      pauseAfter(1, { kind: 'busy', retryAfterMs: ms }, waited, PATIENCE, middle);
    expect(asked(7000)).toBe(7000);
    expect(asked(0)).toBe(25);
    expect(asked(61_000)).toBeUndefined();
    expect(asked(7000, 55_000)).toBeUndefined();
  });

  it('tries silence twice, and never again what stays', () => {
    expect(pauseAfter(1, { kind: 'silent' }, 0, PATIENCE, middle)).toBe(25);
    expect(pauseAfter(2, { kind: 'silent' }, 25, PATIENCE, middle)).toBeUndefined();
    expect(pauseAfter(1, { kind: 'final' }, 0, PATIENCE)).toBeUndefined();
    expect(pauseAfter(1, { kind: 'unreachable' }, 0, PATIENCE)).toBeUndefined();
  });
});

it('Retry-After is a number of seconds or a date', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  expect(retryAfterMs('2', now)).toBe(2000);
  expect(retryAfterMs('0.5', now)).toBe(500);
  expect(retryAfterMs('Thu, 01 Jan 2026 00:00:30 GMT', now)).toBe(30_000);
  expect(retryAfterMs('Wed, 31 Dec 2025 00:00:00 GMT', now)).toBe(0);
  for (const nothing of [null, undefined, '', ' ', 'soon']) expect(retryAfterMs(nothing, now)).toBeUndefined();
});
