import { isMark, markOf, settled } from './clock-values';

describe('a value that the clock gave', () => {
  const rule = markOf(
    0,
    'DTSTART:20261129T230000\nRRULE:FREQ=DAILY;COUNT=3',
    'DTSTART:20280104T020711\nRRULE:FREQ=DAILY;COUNT=3',
  );
  const values = ['DTSTART:20261129T230000\nRRULE:FREQ=DAILY;COUNT=3', 1796000000.5, '2026-11-29'];

  it('is marked with what the clock did not give', () => {
    expect(rule).toEqual({ 'nx-prefect.clock': 0, text: 'DTSTART…\nRRULE:FREQ=DAILY;COUNT=3' });
    expect(markOf(1, 'Nov 29, 23 h', 'May 3, 4 h')).toEqual({ 'nx-prefect.clock': 1, text: '… …, … h' });
    expect(markOf(1, '2026-11-29T23:00:00+01:00', '2028-05-04T02:07:11+02:00')).toEqual({
      'nx-prefect.clock': 1,
      text: '…',
    });
    expect(markOf(1, 1, 2)).toEqual({ 'nx-prefect.clock': 1 });
    expect(isMark(rule) && !isMark({ clock: 1 })).toBe(true);
  });

  it('stays as the server holds it', () => {
    const held = 'DTSTART:20250101T000000\nRRULE:FREQ=DAILY;COUNT=3';
    expect(settled({ a: [rule] }, { a: [held] }, values)).toEqual({ a: [held] });
    expect(settled({ x: markOf(1, 1, 2) }, { x: 7 }, values)).toEqual({ x: 7 });
  });

  it('is that of the build where the server holds nothing of the kind', () => {
    for (const held of [undefined, null, {}, { a: 7 }, { a: 'DTSTART:20250101T000000\nRRULE:FREQ=DAILY;COUNT=4' }]) {
      expect(settled({ a: rule }, held, values)).toEqual({ a: values[0] });
    }
  });

  it('is found by slug or name where a list changed', () => {
    const wanted = [{ name: 'b', default: markOf(2, '2026-11-29', '2028-01-04') }];
    expect(
      settled(
        wanted,
        [
          { name: 'a', default: '2000-01-01' },
          { name: 'b', default: '2001-01-01' },
        ],
        values,
      ),
    ).toEqual([{ name: 'b', default: '2001-01-01' }]);
    expect(settled(wanted, [{ name: 'a', default: '2000-01-01' }], values)).toEqual([
      { name: 'b', default: '2026-11-29' },
    ]);
  });
});
