import { schema } from './docker-deploy-options';

test.each<[unknown, string[]]>([
  ['a,b', ['a', 'b']],
  ['1.10,', ['1.10']],
  ['3,', ['3']],
  [
    ['v1', '2'],
    ['v1', '2'],
  ],
])('tags: the command line gives %j', (given, tags) => {
  expect(schema.parse({ tags: given }).tags).toEqual(tags);
});

test.each<[unknown, RegExp]>([
  [1, /--tags=1\.10 /],
  [['v1', 2], /--tags=1\.10 /],
  [1.1, /--tags=1\.10 /],
  [123456e7, /--tags=1\.10 /],
  [['a/b'], /a tag has letters/],
])('tags: %j is refused, and said how', (given, said) => {
  expect(
    schema
      .safeParse({ tags: given })
      .error?.issues.map(({ message }) => message)
      .join(),
  ).toMatch(said);
});

test.each(['aes256', 'alias/key'])("encryption: %s would make a key of AWS's own", (encryption) => {
  expect(schema.safeParse({ repository: { encryption } }).error?.issues[0]?.message).toMatch(/AES256, KMS or the ARN/);
});

test('imageName: a number is refused', () => {
  expect(schema.safeParse({ imageName: 1.1 }).error?.issues[0]?.message).toMatch(/in quotes/);
  expect(schema.parse({ imageName: 'team/load' }).imageName).toBe('team/load');
});

const refusal = (given: object) => schema.safeParse(given).error?.issues[0]?.message;

test('tags: each once, none that passes for a content tag, and no more than ECR tells of', () => {
  expect(schema.parse({ tags: 'a,b,a' }).tags).toEqual(['a', 'b']);
  expect(refusal({ tags: `nx-${'0'.repeat(40)}` })).toMatch(/content tag/);
  const many = Array.from({ length: 100 }, (_, at) => `v${at}`);
  expect(schema.parse({ tags: many.slice(1) }).tags).toHaveLength(99);
  expect(refusal({ tags: many })).toBe(
    'must be at most 99 and are 100: ECR answers for 100 tags in one call, and one of them is the content tag',
  );
});

test.each<[unknown, object]>([
  ['A=1', { A: '1' }],
  [['A=1', 'B=2'], { A: '1', B: '2' }],
  ['A=1,B=2', { A: '1', B: '2' }],
  ['A=x,y,B=z=1', { A: 'x,y', B: 'z=1' }],
  ['A=', { A: '' }],
  ['NX_PREFECT_V', { NX_PREFECT_V: 'of the environment' }],
  [['NX_PREFECT_V', 'A=1'], { NX_PREFECT_V: 'of the environment', A: '1' }],
  ['{"A": "1"}', { A: '1' }],
])('buildArgs: %j is %j', (given, expected) => {
  process.env['NX_PREFECT_V'] = 'of the environment';
  expect(schema.parse({ buildArgs: given }).buildArgs).toEqual(expected);
  delete process.env['NX_PREFECT_V'];
});

test.each<[unknown, RegExp]>([
  ['NX_PREFECT_UNSET', /NAME has to be set/],
  [{ A: 3.1 }, /in quotes/],
  ['1A=2', /impossible name/],
])('buildArgs: %j is refused', (given, said) => {
  expect(refusal({ buildArgs: given })).toMatch(said);
});

test('labels and buildContexts are pairs, too', () => {
  expect(schema.parse({ labels: 'org.example.team=a,b,x=c' }).labels).toEqual({ 'org.example.team': 'a,b', x: 'c' });
  expect(schema.parse({ buildContexts: ['shared=libs/a', 'b=docker-image://b:1'] }).buildContexts).toEqual({
    shared: 'libs/a',
    b: 'docker-image://b:1',
  });
  expect(refusal({ buildContexts: { a: 'oci-layout://x' } })).toMatch(/folder of the workspace/);
});

test.each([
  ['--build-arg', 'buildArgs'],
  ['--build-arg=V', 'buildArgs'],
  ['--build-context=shared=/x', 'buildContexts'],
  ['--ssh', 'ssh'],
  ['--label=a=b', 'labels'],
  ['-f', 'dockerfile'],
  ['-tname', 'tags'],
  ['--volume=/x:/y', 'buildContexts'],
  ['--target=x', 'target'],
])('args: %s is refused, for %s', (argument, option) => {
  expect(refusal({ args: [argument, 'x'] })).toMatch(new RegExp(`must not hold -.*${option}`));
});

test('roleArn: the ARN of a role', () => {
  expect(schema.parse({ roleArn: 'arn:aws:iam::123456789012:role/team/deploy' }).roleArn).toMatch(/deploy$/);
  expect(refusal({ roleArn: 'deploy' })).toMatch(/ARN of a role/);
});

test('args: everything else goes on', () => {
  const args = ['--network=none', '--no-cache', '--add-host', 'a:1', '-q', '--targets'];
  expect(schema.parse({ args }).args).toEqual(args);
});

test.each<[unknown, object[]]>([
  [
    [{ region: 'eu-west-1' }, { registryId: 1 }],
    [{ region: 'eu-west-1' }, { registryId: '000000000001' }],
  ],
  ['[{"region": "eu-west-1"}]', [{ region: 'eu-west-1' }]],
  ['{"region": "eu-west-1"}', [{ region: 'eu-west-1' }]],
  [
    ['{"region": "eu-west-1"}', '{"region": "us-east-1"}'],
    [{ region: 'eu-west-1' }, { region: 'us-east-1' }],
  ],
])('destinations: %j is %j', (given, expected) => {
  expect(schema.parse({ destinations: given }).destinations).toEqual(expected);
});

test.each<[unknown, RegExp]>([
  ['eu-west-1', /must be a JSON object/],
  [[{ region: 'Ireland' }], /must be a region/],
  [[{ region: 'eu-west-1' }, { region: 'eu-west-1' }], /twice/],
  [[{ account: '1' }], /account/],
])('destinations: %j is refused', (given, said) => {
  expect(refusal({ destinations: given })).toMatch(said);
});

test('what may be typed of what is attached, scanned and cached', () => {
  expect(schema.parse({ provenance: true, sbom: 'true', failOn: 'high', cache: 'ecr' })).toMatchObject({
    provenance: 'min',
    sbom: true,
    failOn: 'high',
    cache: 'ecr',
  });
  expect(schema.parse({ provenance: 'false', sbom: false })).toEqual(schema.parse({}));
  expect(schema.parse({ provenance: 'max', sbom: 'r/scanner:1' })).toMatchObject({ sbom: 'r/scanner:1' });
  expect(refusal({ failOn: 'severe' })).toBe('must be critical, high, medium, low, informational');
  expect(refusal({ provenance: 'all' })).toBe('must be min or max');
  expect(refusal({ cache: 's3' })).toBe('must be ecr');
});
