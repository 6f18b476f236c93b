import fc from 'fast-check';
import type { SerializedFlow } from './loaded-prefect1';
import { differences } from './flow-differences';
import { ecsRun, universalRun } from './library';

const storage = (key: string) => ({ type: 'S3', __version__: '0.15.13', bucket: 'team', key, flows: { load: key } });

const flow = (more: object = {}): SerializedFlow => ({
  name: 'load',
  __version__: '0.15.13',
  schedule: null,
  tasks: [{ slug: 'a-1' }],
  storage: storage('k'),
  run_config: ecsRun('0.15.13'),
  ...more,
});

describe('differences', () => {
  it('finds none in what a server keeps in another order of keys, and each field that differs', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue()), (fields) => {
        const one = flow(fields);
        const shuffled = Object.fromEntries(
          Object.entries(JSON.parse(JSON.stringify(one)) as object).toReversed(),
        ) as SerializedFlow;
        expect(differences(one, shuffled)).toEqual([]);
        expect(differences(one, { ...shuffled, name: 'other' })).toEqual(one.name === 'other' ? [] : ['name']);
      }),
    );
  });

  it('names the part of a storage or a run config, or the whole where it is of another kind', () => {
    const other = flow({
      storage: storage('k2'),
      run_config: { ...ecsRun('0.15.13'), labels: ['prod'] },
    });
    expect(differences(flow(), other)).toEqual(['storage.key', 'storage.flows', 'run_config.labels']);
    expect(differences(flow(), flow({ run_config: universalRun('0.15.13') }))).toEqual(['run_config']);
    expect(differences(flow(), flow({ storage: null, tasks: [] }))).toEqual(['tasks', 'storage']);
  });

  it('takes a field that is missing for one that is null', () => {
    const { schedule: _gone, ...rest } = flow();
    expect(differences(flow(), rest as SerializedFlow)).toEqual([]);
  });
});
