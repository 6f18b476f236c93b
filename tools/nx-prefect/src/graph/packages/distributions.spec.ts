import { distributionsOf } from './distributions';
import { DISTRIBUTION_NAMES } from './distribution-names';
import { normalizeName } from '../../workspace/locks/locked-package';
import { inStandardLibrary } from './standard-library';

const IN_LOCK = new Set([
  'beautifulsoup4',
  'google-api-core',
  'google-cloud-bigquery',
  'google-cloud-storage',
  'kafka-python',
  'my-yaml',
  'opencv-python-headless',
  'pillow',
  'prefect',
  'prefect-aws',
  'pyjwt',
  'python-dateutil',
  'python-thing',
  'pyyaml',
  'ruamel-yaml',
  'scikit-learn',
  'six',
  'some-azure-thing',
]);
const of = (module: string, packageNames = {}) => distributionsOf(module, packageNames, (name) => IN_LOCK.has(name));

test.each([
  ['six', ['six']],
  ['six.moves', ['six']],
  ['yaml', ['pyyaml']],
  ['bs4', ['beautifulsoup4']],
  ['PIL.Image', ['pillow']],
  ['sklearn.linear_model', ['scikit-learn']],
  ['dateutil.parser', ['python-dateutil']],
  ['jwt', ['pyjwt']],
  ['kafka', ['kafka-python']],
  ['cv2', ['opencv-python-headless']],
  ['google.cloud.storage', ['google-cloud-storage']],
  ['google.cloud.storage.blob', ['google-cloud-storage']],
  ['google.cloud.bigquery', ['google-cloud-bigquery']],
  ['google.api_core.exceptions', ['google-api-core']],
  ['google.cloud.pubsub', []],
  ['google', []],
  ['ruamel.yaml', ['ruamel-yaml']],
  ['some.azure.thing', ['some-azure-thing']],
  ['prefect_aws.s3', ['prefect-aws']],
  ['prefect.flow', ['prefect']],
  ['prefect.aws', ['prefect-aws', 'prefect']],
  ['thing', ['python-thing']],
  ['constructor', []],
  ['__proto__', []],
])('%s comes from %j', (module, expected) => expect(of(module)).toEqual(expected));

test('what the workspace says wins, where its lock has it', () => {
  expect(of('yaml', { yaml: 'My.Yaml' })).toEqual(['my-yaml']);
  expect(of('yaml.nodes', { yaml: 'my_yaml' })).toEqual(['my-yaml']);
  expect(of('yaml', { yaml: 'gone' })).toEqual(['pyyaml']);
});

test('the table: normalised, no name twice, nothing of Python itself', () => {
  for (const [module, names] of DISTRIBUTION_NAMES) {
    expect([module, names.map(normalizeName)]).toEqual([module, names]);
    expect([module, inStandardLibrary(module.split('.')[0]!)]).toEqual([module, false]);
  }
  expect(DISTRIBUTION_NAMES.size).toBeGreaterThan(100);
});

test.each([
  'os',
  'json',
  '__future__',
  'zoneinfo',
  'distutils',
  'imp',
  'asyncore',
  'annotationlib',
  'winreg',
  'tomllib',
  '_thread',
  'dummy_threading',
  'test',
])('%s is Python itself', (name) => expect(inStandardLibrary(name)).toBe(true));
test.each(['six', 'yaml', 'pip', 'setuptools', 'pkg_resources', 'constructor', ''])('%j is not', (name) =>
  expect(inStandardLibrary(name)).toBe(false),
);
