import { createRequire } from 'node:module';
import { exactOptions } from './exact-text';

const nx = createRequire(require.resolve('nx/package.json'));
const { createOverrides } = nx('nx/src/utils/command-line-utils') as {
  createOverrides(words: string[]): Record<string, unknown>;
};

/** As a task gets it: what Nx reads, and the words. */
const read = (words: string[], options: object = {}) => {
  const overrides = createOverrides(words);
  const { __overrides_unparsed__: _, ...typed } = overrides;
  return exactOptions({ ...options, ...typed }, overrides);
};

test.each<[string[], object]>([
  [['--deploymentName='], { deploymentName: '' }],
  [['--deploymentName', ''], { deploymentName: '' }],
  [['--deploymentName=1.10'], { deploymentName: '1.10' }],
  [['--deploymentName', '1.10'], { deploymentName: '1.10' }],
  [['--tags=007'], { tags: '007' }],
  [['--tags=007', '--tags=1.10'], { tags: ['007', '1.10'] }],
  [['--tags=a,1.0,b=c'], { tags: 'a,1.0,b=c' }],
  [['--tags', '-1'], { tags: '-1' }],
  [['--workQueue=true'], { workQueue: 'true' }],
  [['--workQueue'], { workQueue: true }],
  [['--no-createProject'], { createProject: false }],
  [['--prefectProject=08'], { prefectProject: '08' }],
  [['--workPool="1.10"'], { workPool: '1.10' }],
  [["--workPool='a b'"], { workPool: 'a b' }],
  [['--jobVariables.env.Q=1'], { jobVariables: { env: { Q: '1' } } }],
  [['--jobVariables.cpu=512'], { jobVariables: { cpu: 512 } }],
  [['--jobVariables.x=1.10'], { jobVariables: { x: '1.10' } }],
  [['--jobVariables={"cpu": 512}'], { jobVariables: '{"cpu": 512}' }],
  [['--buildArgs.PYTHON=3.10'], { buildArgs: { PYTHON: '3.10' } }],
  [['--buildArgs=PYTHON=3.10'], { buildArgs: 'PYTHON=3.10' }],
  [['--imageName=1e3'], { imageName: '1e3' }],
  [['--registryId=000123456789'], { registryId: '000123456789' }],
  [['--deploymentName=a', '--deploymentName=b'], { deploymentName: ['a', 'b'] }],
])('%j', (words, expected) => expect(read(words)).toEqual(expected));

test('an option in another spelling is the one that Nx made of it', () => {
  const words = ['--work-pool=007', '--workPool=b'];
  expect(exactOptions({ workPool: 'b' }, createOverrides(words))).toEqual({ workPool: ['007', 'b'] });
});

test('what comes from files stays, also where Nx hands no words on', () => {
  expect(read(['--tags=1'], { deploymentName: 3 })).toEqual({ tags: '1', deploymentName: 3 });
  expect(exactOptions({ a: 1 }, undefined)).toEqual({ a: 1 });
  expect(exactOptions(undefined, {})).toEqual({});
});
