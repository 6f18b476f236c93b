import { canonicalJson, sha256 } from '../core/canonical';
import type { FlowToBuild } from '../engines/staged-flow';
import { schema } from '../options/build-options';
import { sourceDigest, sourceParts } from './source-digest';

type Given = Parameters<typeof sourceParts>;

const FLOW: FlowToBuild = {
  flow: 'p-f',
  folder: 'flows/p/f',
  flowFile: 'flows/p/f/flow.py',
  options: schema.parse({ buildEnv: ['REGION'] }),
  files: [
    { from: 'flows/p/f/flow.py', to: 'flows/p/f/flow.py' },
    { from: 'libs/l/l/__init__.py', to: 'l/__init__.py' },
  ],
  prefectYaml: ['prefect.yaml'],
  code: '/one/dist/code',
  staging: '/one/dist/staging',
};
const SOURCES = { 'flows/p/f/flow.py': 'a', 'libs/l/l/__init__.py': 'b', 'prefect.yaml': 'c' };
const SURROUNDINGS = {
  python: 'python3.11',
  packages: { locked: { 'pypi:six': 'hash' }, installed: { six: '1.17.0' } },
  tool: 'tool',
};

const given = (flow: Partial<FlowToBuild> = {}, sources: object = {}, surroundings: object = {}): Given => [
  { ...FLOW, ...flow },
  { sources: { ...SOURCES, ...sources } },
  { ...SURROUNDINGS, ...surroundings },
];
const withOptions = (options: object) => given({ options: { ...FLOW.options, ...options } });

/** One change of each input: a digest that stays the same then has left it out. */
const CHANGES: [what: string, changed: () => Given][] = [
  ['the project', () => given({ flow: 'p-g' })],
  ['the flow file', () => given({ flowFile: 'flows/p/f/other.py' })],
  ['the content of a file', () => given({}, { 'flows/p/f/flow.py': 'x' })],
  ['the content of a file of a lib', () => given({}, { 'libs/l/l/__init__.py': 'x' })],
  ['the place at which a file ships', () => given({ files: [FLOW.files[0]!, { ...FLOW.files[1]!, to: 'm.py' }] })],
  ['a file more', () => given({ files: [...FLOW.files, { from: 'flows/p/f/flow.py', to: 'copy.py' }] })],
  ['a file less', () => given({ files: FLOW.files.slice(1) })],
  ['a prefect.yaml', () => given({}, { 'prefect.yaml': 'x' })],
  ['a prefect.yaml less', () => given({ prefectYaml: [] })],
  ['the option entrypoint', () => withOptions({ entrypoint: 'main' })],
  ['the option load', () => withOptions({ load: 'static' })],
  ['the option ship', () => withOptions({ ship: 'pickle' })],
  ['the option allowSecretFiles', () => withOptions({ allowSecretFiles: ['**'] })],
  ['the names in buildEnv', () => withOptions({ buildEnv: ['REGION', 'STAGE'] })],
  ["Python's minor version", () => given({}, {}, { python: 'python3.12' })],
  [
    'what the lock says of a package',
    () => given({}, {}, { packages: { ...SURROUNDINGS.packages, locked: { 'pypi:six': 'other' } } }),
  ],
  [
    'the version of a package that is installed',
    () => given({}, {}, { packages: { ...SURROUNDINGS.packages, installed: { six: '1.16.0' } } }),
  ],
  ['the code of this plugin', () => given({}, {}, { tool: 'other' })],
];

/** Changes that a digest does not see. */
function unseen(digest: (...source: Given) => string): string[] {
  const before = digest(...given());
  const missed = CHANGES.filter(([, changed]) => digest(...changed()) === before).map(([what]) => what);
  process.env['REGION'] = 'south';
  return digest(...given()) === before ? [...missed, 'the value of a variable in buildEnv'] : missed;
}

beforeEach(() => {
  process.env['REGION'] = 'north';
});
afterAll(() => {
  delete process.env['REGION'];
});

test('each input counts', () => {
  expect(unseen(sourceDigest)).toEqual([]);
});

test.each(Object.keys(sourceParts(...given())))('the test objects to a digest without %s', (part) => {
  const without = (...source: Given) => {
    const { [part]: _left, ...rest } = sourceParts(...source) as Record<string, unknown>;
    return sha256(canonicalJson(rest));
  };
  expect(unseen(without)).not.toEqual([]);
});

test('what belongs to one machine, or decides only whether a load ends, does not count', () => {
  const digest = sourceDigest(...given());
  expect(sourceDigest(...given({ code: '/two/dist/code', staging: '/two/dist/staging' }))).toBe(digest);
  expect(sourceDigest(...withOptions({ python: '/usr/bin/python3', timeLimit: 1 }))).toBe(digest);
});
