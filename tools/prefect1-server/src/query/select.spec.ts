import { Store } from '../data/store';
import { type Selection, select } from './select';

const store = new Store();
const tenant = store.insert('tenant', { name: 't', slug: 't', settings: {} });
const group = store.insert('flow_group', {
  tenant_id: tenant,
  name: 'g',
  settings: { b: 1, a: { d: 2, c: 3 } },
  default_parameters: {},
  labels: ['x'],
});
const projects = Object.fromEntries(
  ['P', 'Q'].map((name) => [name, store.insert('project', { tenant_id: tenant, name })]),
);
const flow = (project: string, name: string, version: number, description: string | null) =>
  store.insert('flow', {
    tenant_id: tenant,
    project_id: projects[project] ?? '',
    flow_group_id: group,
    name,
    version,
    description,
    archived: version === 1,
    settings: {},
    is_schedule_active: false,
  });
flow('P', 'a', 1, 'one');
flow('P', 'a', 2, null);
flow('P', 'b', 1, '50%');
flow('Q', 'a', 1, 'two');

const names = (selection: Selection) =>
  select(store, 'flow', selection).map(
    (row) =>
      `${store.get('project', row['project_id'] as string)?.name}${row['name'] as string}${row['version'] as number}`,
  );
const where = (condition: Record<string, unknown>) => names({ where: condition });
const ALL = ['Pa1', 'Pa2', 'Pb1', 'Qa1'];

describe('where', () => {
  it.each<[string, Record<string, unknown>, string[]]>([
    ['_eq', { name: { _eq: 'b' } }, ['Pb1']],
    ['several columns: all', { name: { _eq: 'a' }, version: { _gt: 1 } }, ['Pa2']],
    ['_neq', { name: { _neq: 'a' } }, ['Pb1']],
    ['_in', { version: { _in: [2, 3] } }, ['Pa2']],
    ['_in nothing', { version: { _in: [] } }, []],
    ['_nin', { version: { _nin: [1] } }, ['Pa2']],
    ['_gte, _lte', { version: { _gte: 2, _lte: 2 } }, ['Pa2']],
    ['_lt', { version: { _lt: 2 } }, ['Pa1', 'Pb1', 'Qa1']],
    ['a boolean', { archived: { _eq: false } }, ['Pa2']],
    ['_like: % is any text', { description: { _like: '%o%' } }, ['Pa1', 'Qa1']],
    ['_like: _ is one character', { description: { _like: '_ne' } }, ['Pa1']],
    [
      '_like looks at the case, _ilike does not',
      { _or: [{ description: { _like: 'ONE' } }, { description: { _ilike: 'TWO' } }] },
      ['Qa1'],
    ],
    ['_is_null', { description: { _is_null: true } }, ['Pa2']],
    ['_is_null: false', { description: { _is_null: false } }, ['Pa1', 'Pb1', 'Qa1']],
    [
      '_and, _or',
      { _and: [{ _or: [{ name: { _eq: 'b' } }, { version: { _eq: 2 } }] }, { name: { _eq: 'a' } }] },
      ['Pa2'],
    ],
    ['_or of nothing', { _or: [] }, []],
    ['_not', { _not: { name: { _eq: 'a' } } }, ['Pb1']],
    ['a relation', { project: { name: { _eq: 'Q' } } }, ['Qa1']],
    ['a relation of a relation', { project: { flows: { name: { _eq: 'b' } } } }, ['Pa1', 'Pa2', 'Pb1']],
    ['JSON, in any order of its keys', { flow_group: { settings: { _eq: { a: { c: 3, d: 2 }, b: 1 } } } }, ALL],
    ['JSON that differs', { flow_group: { labels: { _eq: ['y'] } } }, []],
  ])('%s', (_, condition, expected) => expect(where(condition)).toEqual(expected));

  it('takes a comparison with null for true, as the CLI does for a filter that was not given', () => {
    expect(
      where({ _and: [{ name: { _eq: null }, version: { _eq: null }, project: { name: { _eq: null } } }] }),
    ).toEqual(ALL);
    expect(where({ name: { _neq: null } })).toEqual(ALL);
  });

  it('a column that is NULL fits neither a comparison nor its negation, as in SQL', () => {
    expect(where({ description: { _neq: 'one' } })).toEqual(['Pb1', 'Qa1']);
    expect(where({ _not: { description: { _eq: 'one' } } })).toEqual(['Pb1', 'Qa1']);
    expect(where({ _not: { description: { _in: ['one', 'two'] } } })).toEqual(['Pb1']);
  });
});

describe('order_by, distinct_on, limit and offset', () => {
  it('sorts by several columns, in the order of the list', () => {
    expect(names({ order_by: [{ version: 'desc' }, { name: 'asc' }] })).toEqual(['Pa2', 'Pa1', 'Qa1', 'Pb1']);
    expect(names({ order_by: [{ name: 'desc' }, { version: 'desc' }] })).toEqual(['Pb1', 'Pa2', 'Pa1', 'Qa1']);
  });

  it('sorts by a column of a relation', () => {
    expect(names({ order_by: [{ project: { name: 'desc' } }] })).toEqual(['Qa1', 'Pa1', 'Pa2', 'Pb1']);
  });

  it.each([
    ['asc', ['Pb1', 'Pa1', 'Qa1', 'Pa2']],
    ['desc', ['Pa2', 'Qa1', 'Pa1', 'Pb1']],
    ['asc_nulls_first', ['Pa2', 'Pb1', 'Pa1', 'Qa1']],
    ['desc_nulls_last', ['Qa1', 'Pa1', 'Pb1', 'Pa2']],
  ])('NULL comes where PostgreSQL puts it: %s', (direction, expected) =>
    expect(names({ order_by: [{ description: direction }] })).toEqual(expected),
  );

  it('keeps the first row of each name, as `prefect get flows` asks', () => {
    expect(names({ distinct_on: ['name'], order_by: [{ version: 'desc', name: 'asc' }] })).toEqual(['Pa2', 'Pb1']);
  });

  it('pages', () => {
    expect([0, 2, 4].map((offset) => names({ order_by: [{ created: 'desc' }], limit: 2, offset }))).toEqual([
      ['Qa1', 'Pb1'],
      ['Pa2', 'Pa1'],
      [],
    ]);
    expect(names({ limit: 0 })).toEqual([]);
    expect(names({ limit: null, offset: null, where: null, order_by: null, distinct_on: null })).toEqual(ALL);
  });
});
