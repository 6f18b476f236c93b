import { createRequire } from 'node:module';
import { formatError } from '../core/errors';
import { prefect3 } from '../engines/prefect3/prefect3';
import { Prefect3Settings } from '../engines/prefect3/prefect3-settings';
import { findConnection } from '../engines/prefect3/rest-connection';
import type { WantContext } from '../engines/engine';
import { schema as build } from '../options/build-options';
import { schema as dockerDeploy } from '../options/docker-deploy-options';
import { exactOptions } from '../options/exact-text';
import { parseOptions } from '../options/parse-options';
import { parsePluginOptions } from '../options/plugin-options';
import { schema as register } from '../options/register-options';
import { schema as test_ } from '../options/test-options';
import type { CodeStore } from '../stores/code-store';

const connected = (PREFECT_API_URL: string) =>
  findConnection('/nowhere', undefined, new Prefect3Settings('/nowhere', { PREFECT_API_URL, HOME: '/nowhere' }));

/**
 * Bad inputs and the line that each gives, as data. A row is an input and what its line says, before the code in
 * brackets. A kind says how its inputs come in, and which code its lines end with.
 */
type Rows<Input> = [input: Input, says: RegExp][];
interface Kind<Input> {
  /** Does with the input what a run does, without a server. */
  give(input: Input): unknown;
  code: string;
  rows: Rows<Input>;
}

const { createOverrides } = createRequire(require.resolve('nx/package.json'))('nx/src/utils/command-line-utils') as {
  createOverrides(words: string[]): Record<string, unknown>;
};

const SCHEMAS = { register, build, test: test_, 'docker-deploy': dockerDeploy };
type Target = keyof typeof SCHEMAS;

/** Words of a command line after the target: `register --tags=`. */
function typed(line: string): unknown {
  const [target = '', ...words] = line.split(/ (?=--)/);
  const overrides = createOverrides(words);
  const { __overrides_unparsed__: _, ...read } = overrides;
  return parseOptions<unknown>(SCHEMAS[target as Target], 'p-f:t', exactOptions(read, overrides));
}

/** Options of project.json or nx.json. */
const inFile = (options: object) => parseOptions<unknown>(register, 'p-f:t', options);
const ofImage = (options: object) => parseOptions<unknown>(dockerDeploy, 'p-f:t', options);

/** What a prefect.yaml declares. */
function declared(fields: object): unknown {
  const registration = {
    flowName: 'main',
    fields,
    templated: true,
    declaredIn: 'prefect.yaml',
    digest: '0'.repeat(64),
  };
  return prefect3.wanted(
    { registrations: [registration], code: { digest: '0'.repeat(64), files: {} } } as never,
    {
      flow: 'p-f',
      shipped: [],
      options: parseOptions(register, 'p-f:register', {}),
      typed: {},
      workspaceId: 'team',
      workspaceRoot: '/nowhere',
      env: { PREFECT_API_KEY: 'value-of-it', STAGE: 'prod', HOME: '/nowhere' },
      storeFor: () => ({}) as CodeStore,
    } as unknown as WantContext,
  );
}

const escape = String.fromCharCode(27);
const at = (point: number) => String.fromCharCode(point);
const failing = (code: string, path: string) =>
  Object.assign(new Error(`${code}: x`), { code, path, syscall: 'mkdir' });

const EMPTY = /must not be empty/;
const CONTROL = /must be one line without control characters/;
const BANNED = /must not hold ".": Prefect refuses \/ % & > < in names/;
const BUCKET = /"s3Bucket".*must be the name of a bucket alone/;
const PREFIX = /"s3Prefix".*must be a path such as team\/flows/;
const REGION = /must be a region of AWS, for example eu-west-1/;
const ADDRESS = /must be an address such as http:\/\/127\.0\.0\.1:4200\/api/;
const RESERVED = /must not begin with "nx-prefect:"/;
const NULL = /must be text and is null: leave it out/;

const KINDS: Record<string, Kind<never>> = {
  'an empty value on the command line': kind('bad-option', typed, [
    ...['deploymentName', 'workPool', 'workQueue', 'prefectProject', 's3Bucket', 's3Prefix', 's3Credentials'].map(
      (name): [string, RegExp] => [`register --${name}=`, new RegExp(`"${name}".*${EMPTY.source}`)],
    ),
    ...['awsProfile', 'awsRegion', 'workspaceId', 'report', 'apiUrl'].map((name): [string, RegExp] => [
      `register --${name}=`,
      new RegExp(`"${name}".*${EMPTY.source}`),
    ]),
    ['register --code=', EMPTY],
    ['register --installRequirements=', EMPTY],
    ['register --tags=', EMPTY],
    ['register --labels=', EMPTY],
    ['register --jobVariables=', /"jobVariables".*must be a JSON object/],
    ['register --env=', /"env".*must be a JSON object/],
    ['register --image=', /"image".*must be an image/],
    ['register --takeOver=', /"takeOver".*must be true or false/],
    ['build --python=', EMPTY],
    ['build --entrypoint=', EMPTY],
    ['build --timeLimit=', /"timeLimit".*must be a number/],
    ['test --junit=', EMPTY],
    ['test --args=', EMPTY],
    ['docker-deploy --region=', EMPTY],
    ['docker-deploy --platforms=', EMPTY],
    ['docker-deploy --cacheFrom=', /"cacheFrom".*not empty/],
  ]),
  'a value of blanks': kind('bad-option', typed, [
    ['register --deploymentName= ', EMPTY],
    ['register --workPool=\t', EMPTY],
    ['register --s3Bucket=  ', EMPTY],
    ['register --tags= ', EMPTY],
    ['register --workspaceId= ', EMPTY],
    ['build --python= ', EMPTY],
    ['docker-deploy --context= ', EMPTY],
  ]),
  'an option that is given twice': kind('bad-option', typed, [
    ['register --deploymentName=a --deploymentName=b', /"deploymentName".*is a list: give it once/],
    ['register --workPool=a --workPool=b', /"workPool".*give it once/],
    ['register --workPool=a --workPool=a', /"workPool".*give it once/],
    ['register --workQueue=1 --workQueue=2', /"workQueue".*give it once/],
    ['register --s3Bucket=one --s3Bucket=two', /"s3Bucket".*give it once/],
    ['register --awsRegion=eu-west-1 --awsRegion=us-east-1', /"awsRegion".*give it once/],
    ['register --apiUrl=http://a/api --apiUrl=http://b/api', /"apiUrl".*give it once/],
    ['register --takeOver --takeOver', /"takeOver".*given once/],
    ['register --createProject --no-createProject', /"createProject".*given once/],
    ['build --python=a --python=b', /"python".*give it once/],
    ['test --junit=a --junit=b', /"junit".*give it once/],
    ['docker-deploy --target=a --target=b', /"target".*give it once/],
  ]),
  'an option without a value, or with "no-"': kind('bad-option', typed, [
    ['register --deploymentName', /"deploymentName".*has no value/],
    ['register --workPool', /"workPool".*has no value/],
    ['register --s3Bucket', /"s3Bucket".*has no value/],
    ['register --apiUrl', /"apiUrl".*has no value/],
    ['register --tags', /"tags".*must be a list of text/],
    ['register --no-workQueue', /"workQueue".*is false without quotes/],
    ['register --no-s3Prefix', /"s3Prefix".*is false/],
    ['register --no-tags', /"tags".*must be a list/],
    ['build --entrypoint', /"entrypoint".*has no value/],
    ['docker-deploy --region', /"region".*has no value/],
    ['docker-deploy --imageName', /"imageName".*must be text/],
  ]),
  'a switch or number with another value': kind('bad-option', typed, [
    ['register --takeOver=yes', /"takeOver".*true or false/],
    ['register --takeOver=1', /"takeOver".*true or false/],
    ['register --createProject=TRUE', /"createProject".*true or false/],
    ['docker-deploy --push=no', /"push".*true or false/],
    ['docker-deploy --dryRun=2', /"dryRun".*true or false/],
    ['build --timeLimit=soon', /"timeLimit".*must be a number/],
    ['build --timeLimit=0', /"timeLimit".*more than 0/],
    ['build --timeLimit=-1', /"timeLimit".*(a number|more than 0)/],
    ['build --timeLimit=1e3', /"timeLimit".*must be a number/],
    ['build --load=lazy', /"load"/],
    ['build --ship=tar', /"ship"/],
    ['docker-deploy --engine=lxc', /"engine"/],
  ]),
  'null in a file': kind('bad-option', inFile, [
    ...['deploymentName', 'workPool', 'workQueue', 'prefectProject', 's3Bucket', 's3Prefix', 's3Credentials'].map(
      (name): [object, RegExp] => [{ [name]: null }, new RegExp(`"${name}".*${NULL.source}`)],
    ),
    ...['awsProfile', 'awsRegion', 'workspaceId', 'report', 'apiUrl'].map((name): [object, RegExp] => [
      { [name]: null },
      new RegExp(`"${name}".*${NULL.source}`),
    ]),
    [{ tags: null }, /"tags".*must be a list/],
    [{ tags: [null] }, NULL],
    [{ labels: null }, /"labels".*must be a list/],
    [{ jobVariables: null }, /"jobVariables".*must be a JSON object/],
    [{ env: null }, /"env".*must be a JSON object/],
    [{ takeOver: null }, /"takeOver".*true or false/],
    [{ image: null }, /"image".*must be an image/],
  ]),
  'another type in a file': kind('bad-option', inFile, [
    [{ deploymentName: 1.1 }, /"deploymentName".*a number such as 1\.10 loses a digit: put it in quotes/],
    [{ deploymentName: 1e30 }, /put it in quotes/],
    [{ deploymentName: ['a'] }, /is a list/],
    [{ deploymentName: {} }, /must be text/],
    [{ workPool: true }, /is true without quotes/],
    [{ workPool: 0.5 }, /put it in quotes/],
    [{ tags: [1.1] }, /"tags\.0".*put it in quotes/],
    [{ tags: [['a']] }, /"tags\.0".*is a list/],
    [{ tags: {} }, /"tags".*must be a list/],
    [{ tags: [true] }, /"tags\.0".*without quotes/],
    [{ jobVariables: 'x' }, /must be a JSON object/],
    [{ jobVariables: [1] }, /must be a JSON object/],
    [{ jobVariables: { env: { Q: 1.1 } } }, /"jobVariables\.env\.Q".*must be text, in quotes/],
    [{ jobVariables: { env: { Q: {} } } }, /"jobVariables\.env\.Q".*must be text/],
    [{ jobVariables: { env: 'Q=1' } }, /"jobVariables\.env".*must be a JSON object/],
    [{ image: { projectOf: '' } }, /"image".*must be an image/],
    [{ image: { project: 'a' } }, /"image".*must be an image/],
    [{ apiUrl: 4200 }, ADDRESS],
    [{ takeOver: 'maybe' }, /true or false/],
  ]),
  'an option that is not there': kind('bad-option', inFile, [
    [{ workPol: 'a' }, /workPol/],
    [{ Tags: ['a'] }, /Tags/],
    [{ tag: 'a' }, /tag/],
    [{ 'work-pool': 'a' }, /work-pool/],
    [{ [`x${escape}[2J`]: 1 }, /x\\u001b\[2J/],
    [{ '': 1 }, /There is no option ""/],
  ]),
  'a bucket': kind(
    'bad-option',
    inFile,
    [
      'a/b',
      's3://x',
      's3://team-flows/prefix',
      'arn:aws:s3:::team',
      'arn:aws:s3:eu-west-1:123456789012:accesspoint/x',
      'Team',
      'a',
      'ab',
      'x'.repeat(64),
      'two words',
      'a..b',
      '-team',
      'team-',
      '.team',
      'team_flows',
      '192.168.1.1',
      'https://team.s3.amazonaws.com',
      'équipe',
      'team?',
      'team\\flows',
    ].map((s3Bucket): [object, RegExp] => [{ s3Bucket }, BUCKET]),
  ),
  'a prefix of keys': kind('bad-option', inFile, [
    ...['/team', 'a//b', '../team', 'a/../b', './a', 'a/.', '.', '..', 'a\\b', 'x'.repeat(501)].map(
      (s3Prefix): [object, RegExp] => [{ s3Prefix }, PREFIX],
    ),
    [{ s3Prefix: 'a\nb' }, CONTROL],
    [{ s3Prefix: 'a\rb' }, CONTROL],
    [{ s3Prefix: `a${at(0)}` }, CONTROL],
    [{ s3Prefix: `a${at(0xd800)}` }, /half of a surrogate pair/],
  ]),
  'a region': kind(
    'bad-option',
    inFile,
    [
      'eu',
      'eu-west',
      'Ireland',
      'EU-WEST-1',
      'eu_west_1',
      'eu-west-1a',
      'eu-west-1 ',
      'eu-west-1/x',
      '1',
      'eu west 1',
    ].map((awsRegion): [object, RegExp] => [{ awsRegion }, REGION]),
  ),
  'an address': kind(
    'bad-option',
    inFile,
    [
      'nonsense',
      'ftp://x',
      'ftp://user:pw@host',
      'file:///etc/passwd',
      'http://',
      'http:/x',
      'http:///x',
      '//x/api',
      'localhost:4200',
      '127.0.0.1:4200/api',
      'http://a b/api',
      'http://host:99999/api',
      'http://host:port/api',
      'javascript:alert(1)',
      'http://host/api?key=1',
      'http://host/api#top',
      'ws://host/api',
      'http://[::1/api',
      'http://user:p/w@host/api',
    ].map((apiUrl): [object, RegExp] => [{ apiUrl }, ADDRESS]),
  ),
  'an address in the environment': kind(
    'no-server',
    connected,
    ['nonsense', 'ftp://x', 'http://', 'localhost:4200', 'http://h:99999', 'http://h/api?x', 'http://a b', ' '].map(
      (url): [string, RegExp] => [url, new RegExp(`from PREFECT_API_URL.*${ADDRESS.source}`)],
    ),
  ),
  'an address with a password': kind(
    'credentials-in-url',
    connected,
    [
      'http://user:pw@host/api',
      'HTTP://user:pw@host/api',
      'https://user:pw@host:4200',
      'hTTps://user@host',
      'ftp://user:pw@host',
    ].map((url): [string, RegExp] => [url, /from PREFECT_API_URL\) holds credentials/]),
  ),
  'a name with characters that Prefect refuses': kind(
    'bad-option',
    inFile,
    ['deploymentName', 'workPool', 'workQueue'].flatMap((name) =>
      ['a/b', 'a%b', 'a&b', 'a>b', '<a>', '/', '50%'].map((value): [object, RegExp] => [
        { [name]: value },
        new RegExp(`"${name}".*${BANNED.source}`),
      ]),
    ),
  ),
  'a name in a prefect.yaml': kind('bad-name', declared, [
    [{ name: 'a/b' }, /The deployment name "a\/b" must not hold "\/"/],
    [{ name: '50%' }, /The deployment name "50%"/],
    [{ name: `a${escape}[2J` }, /The deployment name "a\\u001b\[2J" must be one line/],
    [{ name: 'a\nb' }, CONTROL],
    [{ name: ' ' }, EMPTY],
    [{ name: 'x'.repeat(256) }, /at most 255 characters; it has 256/],
    [{ name: `a${at(0xdfff)}` }, /half of a surrogate pair/],
    [{ work_pool_name: 'a&b' }, /The work pool "a&b"/],
    [{ work_pool_name: 'a>b' }, /The work pool "a>b"/],
    [{ work_queue_name: '<b>' }, /The work queue "<b>"/],
    [{ work_queue_name: `a${at(7)}` }, /The work queue .*control characters/],
  ]),
  'a control character or half of a character': kind('bad-option', inFile, [
    ...[27, 7, 0, 13, 10, 9, 0x7f, 0x9b, 0x85, 0x202e, 0x2066, 0x200f, 0x2028].map((point): [object, RegExp] => [
      { deploymentName: `a${at(point)}b` },
      CONTROL,
    ]),
    [{ deploymentName: `a${at(0xd83d)}` }, /half of a surrogate pair/],
    [{ deploymentName: `${at(0xde00)}a` }, /half of a surrogate pair/],
    [{ prefectProject: `a${escape}]0;x` }, CONTROL],
    [{ workspaceId: `a${at(8)}` }, CONTROL],
    [{ tags: [`a${escape}[31m`] }, CONTROL],
    [{ tags: [`a${at(0xd800)}`] }, /half of a surrogate pair/],
    [{ labels: ['a\nb'] }, CONTROL],
    [{ report: 'a\nb' }, CONTROL],
    [{ awsProfile: 'a\u2029b' }, CONTROL],
    [{ apiUrl: 'http://a/api\n' }, CONTROL],
  ]),
  'a text that is too long': kind('bad-option', inFile, [
    [{ deploymentName: 'x'.repeat(256) }, /at most 255 characters; it has 256/],
    [{ workPool: 'x'.repeat(300) }, /at most 255 characters; it has 300/],
    [{ workQueue: 'x'.repeat(1001) }, /at most 1000 characters/],
    [{ prefectProject: 'x'.repeat(1001) }, /at most 1000 characters; it has 1001/],
    [{ workspaceId: 'x'.repeat(100_000) }, /it has 100000/],
    [{ tags: ['x'.repeat(1001)] }, /"tags\.0"/],
  ]),
  'a tag that is reserved': kind('bad-option', inFile, [
    ...['nx-prefect:other', 'nx-prefect:', 'NX-Prefect:x', ' nx-prefect:x'].flatMap((tag): [object, RegExp][] => [
      [{ tags: [tag] }, RESERVED],
      [{ labels: ['a', tag] }, RESERVED],
    ]),
    [{ tags: 'a,nx-prefect:b' }, RESERVED],
  ]),
  'a tag in a prefect.yaml that is reserved': kind('reserved-tag', declared, [
    [{ tags: ['nx-prefect:other'] }, RESERVED],
    [{ tags: ['a', 'nx-prefect:team'] }, RESERVED],
    [{ tags: ['Nx-Prefect:{{ $STAGE }}'] }, RESERVED],
  ]),
  'a secret in a prefect.yaml': kind('secret-placeholder', declared, [
    [{ description: '{{ $PREFECT_API_KEY }}' }, /The field "description" holds \{\{ \$PREFECT_API_KEY \}\}/],
    [{ name: 'a-{{ $API_KEY }}' }, /"name"/],
    [{ version: '{{ $GITHUB_TOKEN }}' }, /"version"/],
    [{ tags: ['{{ $DB_PASSWORD }}'] }, /"tags"/],
    [{ parameters: { a: { b: ['{{ $CLIENT_SECRET }}'] } } }, /"parameters".*CLIENT_SECRET/],
    [
      { job_variables: { env: { A: '{{ $AWS_SECRET_ACCESS_KEY }}' } } },
      /"job_variables".*names? a block|block instead/,
    ],
    [{ job_variables: { env: { A: 'x {{$TOKEN}} y' } } }, /\$TOKEN/],
    [{ work_pool_name: '{{ $MY_CREDENTIALS }}' }, /"work_pool_name"/],
    [{ work_queue_name: '{{ $KEY }}' }, /"work_queue_name"/],
    [{ schedules: [{ cron: '{{ $CRON_KEY }}' }] }, /"schedules"/],
    [{ description: '{{ $PREFECT_API_KEY_2 }}' }, /PREFECT_API_KEY_2/],
    [{ description: '{{ $apiKey }}' }, /apiKey/],
    [{ description: '{{ $dbPassword }}' }, /dbPassword/],
    [{ description: '{{ $APIKEY }}' }, /APIKEY/],
    [{ description: '{{ $SECRET }}' }, /SECRET/],
  ]),
  'a variable that is not set': kind('placeholder', declared, [
    [{ description: '{{ $NOT_SET }}' }, /\{\{ \$NOT_SET \}\}.*not set\. Set NOT_SET/],
    [{ name: '{{ $MONKEY }}' }, /MONKEY/],
    [{ tags: ['{{ $TURKEY_LEG }}'] }, /TURKEY_LEG/],
  ]),
  'options of the plugin in nx.json': kind('plugin-options', parsePluginOptions, [
    ...['', '/flows', 'flows/', '../flows', 'a/../b', 'a\\b'].map((flowsDirectory): [object, RegExp] => [
      { flowsDirectory },
      /^nx\.json: .*flowsDirectory: must be a folder inside/,
    ]),
    [{ flowsDirectory: null }, /flowsDirectory/],
    [{ libsDirectory: 5 }, /libsDirectory/],
    [{ flowDirectory: 'x' }, /flowDirectory/],
    [{ register: null }, /register/],
    [{ register: [] }, /register/],
    [{ build: 'x' }, /build/],
    [{ buildEnv: ['A-B'] }, /buildEnv\.0: must be the name of an environment variable/],
    [{ buildEnv: 'A' }, /buildEnv/],
    [{ dataFiles: ['../x'] }, /dataFiles\.0: must be a pattern/],
    [{ dataFiles: ['!x'] }, /dataFiles\.0/],
    [{ sourceRoots: [] }, /sourceRoots/],
    [{ imports: { 'acme-mail': 'libs/x' } }, /imports/],
    [{ packageNames: { a: '' } }, /packageNames/],
    [[] as never, /nx\.json/],
    ['x' as never, /nx\.json/],
  ]),
  'options of an image': kind('bad-option', ofImage, [
    [{ imageName: 'Team/Load' }, /"imageName".*must be a repository/],
    [{ imageName: 'team/load:1' }, /"imageName"/],
    [{ imageName: 1.1 }, /in quotes/],
    [{ tags: ['a/b'] }, /a tag has letters/],
    [{ tags: [1.1] }, /in quotes/],
    [{ tags: [''] }, /a tag has letters/],
    [{ tags: ['x'.repeat(129)] }, /a tag has letters/],
    [{ region: 'Ireland' }, REGION],
    [{ registryId: '12' }, /12 digits/],
    [{ registryId: 'team' }, /12 digits/],
    [{ secrets: { pip: 'token' } }, /must name where the secret is/],
    [{ secrets: { pip: { env: '' } } }, /must name where the secret is/],
    [{ repository: { encryption: 'aes' } }, /AES256, KMS or the ARN/],
    [{ buildArgs: { A: 3.1 } }, /in quotes/],
    [{ context: null }, NULL],
  ]),
  'a failure of the file system': kind(
    'file-system',
    (error: Error) => {
      throw error;
    },
    [
      [failing('ENOSPC', '/w/dist/.building-7/code'), /for copies of what ships.*the disk is full/],
      [failing('ENOSPC', '/w/.prefect-code/a'), /for the code that workers on this machine load/],
      [failing('EROFS', '/w/dist'), /for builds.*disk is read-only.*Let this user write there/],
      [failing('EACCES', '/w/dist/.register.turns/1'), /for the lock of this checkout.*no permission/],
      [failing('EDQUOT', '/w/dist/flows/p/f'), /share of the disk/],
      [failing('EMFILE', '/w/x'), /too many files open.*ulimit -n/],
      [failing('ENFILE', '/w/x'), /too many files open/],
      [failing('ENAMETOOLONG', '/w/x'), /name is too long/],
      [failing('ENOTDIR', '/w/dist/x'), /a file stands where a folder should be/],
      [failing('EPERM', '/w/dist/x'), /does not permit/],
      [failing('EIO', '/w/dist/x'), /the disk failed/],
      [failing('ENOENT', `/w/a${escape}[2J`), /\/w\/a\\u001b\[2J can't be written: it does not exist/],
    ],
  ),
};

function kind<Input>(code: string, give: (input: Input) => unknown, rows: Rows<Input>): Kind<never> {
  return { code, give, rows } as unknown as Kind<never>;
}

/** What a run would print. */
function lineOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return formatError(error);
  }
  return 'taken';
}

describe.each(Object.entries(KINDS))('%s', (_kind, { give, code, rows }) => {
  test.each(rows.map(([input, says]) => [show(input), input, says] as const))('%s', (_shown, input, says) => {
    const line = lineOf(() => give(input));
    expect(line).toMatch(says);
    expect(line).toMatch(new RegExp(` \\[${code}\\]$`));
    expect(line).not.toMatch(/[^\x20-\uffff]|[\x7f-\x9f\u2028\u2029]|Unexpected error|:pw@|value-of-it/);
    expect(line.length).toBeLessThan(1_000);
  });
});

test('the table has at least 200 rows of at least 12 kinds, none with more than 30 rows', () => {
  const sizes = Object.values(KINDS).map(({ rows }) => rows.length);
  expect(sizes.length).toBeGreaterThanOrEqual(12);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(30);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThanOrEqual(200);
});

function show(input: unknown): string {
  const text = input instanceof Error ? input.message : JSON.stringify(input);
  return text.length > 80 ? `${text.slice(0, 80)}...` : text.replaceAll('%', '%%');
}
