import { differences, replaced, sameAt, shown, valueAt } from './json-differences';

const ONE = {
  deployments: [{ name: 'a', fields: { tags: ['x', 'y'], schedules: [{ schedule: { cron: '0 1 * * *' } }] } }],
};

describe('two values', () => {
  it.each([
    [{ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 }, []],
    [{ a: 1 }, { a: '1' }, ['a']],
    [{ a: [1, 2] }, { a: [1] }, ['a[1]']],
    [{ a: { b: 1 } }, { a: { c: 1 } }, ['a.b', 'a.c']],
    [{ a: [] }, { a: {} }, ['a']],
    [{ a: null }, {}, ['a']],
  ])('%j and %j differ in %j', (one, other, paths) => {
    expect(differences(one, other).map(shown)).toEqual(paths);
  });

  it('are named as the user knows them', () => {
    expect(shown(['deployments', 0, 'fields', 'tags', 1])).toBe('deployments[0].tags[1]');
    expect(shown(['flows', 2, 'fields'])).toBe('flows[2].fields');
  });

  it('are read and replaced at a path', () => {
    const path = ['deployments', 0, 'fields', 'schedules', 0, 'schedule', 'cron'];
    expect(valueAt(ONE, path)).toBe('0 1 * * *');
    expect(valueAt(ONE, [...path, 'deeper'])).toBeUndefined();
    const other = replaced(ONE, [[path, 'x']]);
    expect([valueAt(other, path), valueAt(ONE, path)]).toEqual(['x', '0 1 * * *']);
    expect(sameAt(path, ONE, other)).toBe(false);
    expect(sameAt(['nowhere'], ONE, ONE)).toBe(false);
  });
});
