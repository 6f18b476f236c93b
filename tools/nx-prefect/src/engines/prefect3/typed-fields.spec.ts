import { withTypes } from './typed-fields';
import type { UnfilledDeployment } from './wanted-deployments';

const base: UnfilledDeployment = {
  flowName: 'load',
  name: 'default',
  entrypoint: 'flows/p/f/flow.py:load',
  description: null,
  version: 'abc',
  parameterOpenapiSchema: {},
  enforceParameterSchema: true,
  workPool: 'local',
  workQueue: 'default',
  tags: [],
  jobVariables: {},
  parameters: {},
  schedules: [],
  paused: false,
  workspaceId: 'team',
  mark: { env: '', file: 'flow.py', commit: '', names: '' },
  templated: true,
};

describe('withTypes', () => {
  it('gives text of the environment the types of its fields', () => {
    const schedules = [
      { slug: 'a', schedule: { cron: '0 1 * * *', day_or: 'no' }, active: 'True' },
      { slug: 'b', schedule: { interval: 'PT1H30M' } },
      { slug: 'c', schedule: { interval: '60' }, active: false },
    ];
    const filled = { ...base, paused: 'on', enforceParameterSchema: '0', concurrencyLimit: '3', schedules };
    expect(withTypes('p-f', filled)).toEqual({
      ...base,
      paused: true,
      enforceParameterSchema: false,
      concurrencyLimit: 3,
      schedules: [
        { slug: 'a', schedule: { cron: '0 1 * * *', day_or: false }, active: true },
        { slug: 'b', schedule: { interval: 5400 } },
        { slug: 'c', schedule: { interval: 60 }, active: false },
      ],
    });
  });

  it('takes a variable that is a list for its tags, each once', () => {
    expect(withTypes('p-f', { ...base, tags: [['a', 1], 'a', 'b'] }).tags).toEqual(['a', '1', 'b']);
  });

  it.each<[string, Partial<UnfilledDeployment>]>([
    ['paused', { paused: 'maybe' }],
    ['concurrency_limit', { concurrencyLimit: 'two' }],
    ['concurrency_limit', { concurrencyLimit: '' }],
    ['interval', { schedules: [{ slug: 'a', schedule: { interval: 'soon' } }] }],
    ['active', { schedules: [{ slug: 'a', schedule: { interval: 60 }, active: '' }] }],
  ])('names %s when its text has no such value', (field, more) => {
    expect(() => withTypes('p-f', { ...base, ...more })).toThrow(
      expect.objectContaining({ code: 'placeholder', what: expect.stringContaining(`The placeholder of ${field} `) }),
    );
  });
});
