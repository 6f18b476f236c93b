import fc from 'fast-check';
import type { SerializedFlow } from './loaded-prefect1';
import { type SerializedObject, ecsRun, universalRun } from './library';
import { type RunOptions, united, withRunConfig } from './run-config';

const flow = (more: Partial<SerializedFlow> = {}): SerializedFlow => ({
  name: 'load',
  __version__: '0.15.13',
  storage: null,
  run_config: null,
  environment: null,
  ...more,
});
const options = (more: Partial<RunOptions> = {}): RunOptions => ({
  labels: [],
  image: undefined,
  env: {},
  typed: {},
  ...more,
});
const ecs = ecsRun('0.15.13');
const settled = (more: Partial<SerializedFlow>, given: Partial<RunOptions> = {}, storageLabels: string[] = []) =>
  withRunConfig(flow(more), ecs, storageLabels, options(given)).run_config as SerializedObject;

describe('withRunConfig', () => {
  const words = fc.array(fc.string({ maxLength: 3 }));

  it('unites all labels, each once, sorted, whatever the order they come in', () => {
    fc.assert(
      fc.property(words, words, words, (own, storage, given) => {
        const { labels } = settled({ run_config: { ...ecs, labels: own } }, { labels: given }, storage);
        expect(new Set(labels as string[])).toEqual(new Set([...own, ...storage, ...given]));
        expect(labels).toEqual(united(given.toReversed(), own, storage.toReversed()));
        expect(labels).toHaveLength(new Set(labels as string[]).size);
      }),
    );
  });

  it('changes nothing else of a run config of the flow than labels, and what is empty in image and env', () => {
    const field = fc.constantFrom(null, 'mine');
    fc.assert(
      fc.property(
        fc.record({ image: field, cpu: field, task_role_arn: field }),
        fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
        (own, image) => {
          const run = { ...ecs, ...own };
          expect(settled({ run_config: run }, { image })).toEqual({ ...run, image: own.image ?? image ?? null });
        },
      ),
    );
  });

  it("fills env by name: the flow's own value stays, what is typed wins", () => {
    const own = { ...ecs, env: { A: 'flow', B: 'flow' } };
    expect(
      settled({ run_config: own }, { env: { A: 'option', C: 'option' }, typed: { env: { B: 'typed' } } })['env'],
    ).toEqual({ A: 'flow', B: 'typed', C: 'option' });
    expect(settled({ run_config: ecs })['env']).toBeNull();
  });

  it.each<[string, SerializedObject, SerializedObject | null, string | null]>([
    ['a flow without a run config', ecs, null, 'team'],
    ['an image of its own', { ...ecs, image: 'mine' }, null, 'mine'],
    ['a task definition', { ...ecs, task_definition: { family: 'x' } }, null, null],
    ['a task definition elsewhere', { ...ecs, task_definition_path: 's3://x' }, null, null],
    ['a Docker storage, from which agents take it', ecs, { type: 'Docker' }, null],
    [
      'a job template',
      { type: 'KubernetesRun', labels: [], env: null, image: null, job_template: { kind: 'Job' } },
      null,
      null,
    ],
  ])('takes the image of %s', (_what, run_config, storage, expected) => {
    expect(settled({ run_config, storage }, { image: 'team' })['image']).toBe(expected);
  });

  it('lets a typed image win, but beside an ARN, which ECSRun refuses; a run config that has none gets none', () => {
    const typed = { typed: { image: 'typed' } };
    expect(settled({ run_config: { ...ecs, image: 'mine' } }, typed)['image']).toBe('typed');
    expect(settled({ run_config: { ...ecs, task_definition_arn: 'arn' } }, typed)['image']).toBeNull();
    expect(settled({ run_config: universalRun('0.15.13') }, typed)).not.toHaveProperty('image');
  });

  it('gives no run config to a flow with an environment of old, whose labels grow', () => {
    const environment = { type: 'LocalEnvironment', labels: ['b'] };
    const result = withRunConfig(flow({ environment }), ecs, ['c'], options({ labels: ['a'] }));
    expect(result).toEqual(flow({ environment: { type: 'LocalEnvironment', labels: ['a', 'b', 'c'] } }));
  });
});
