import { withImage } from '../images/image-of-project';
import { parseOptions } from '../options/parse-options';
import { schema } from '../options/register-options';
import type { CodeStore } from './code-store';
import { LocalCodeStore } from './local/local-code-store';
import { S3CodeStore } from './s3/s3-code-store';
import { placeOf, s3Url, storeOpener } from './stores';

it('one value chooses the store, and a place has one store', async () => {
  const open = storeOpener('/w');
  expect(open({ url: 'local:' })).toBeInstanceOf(LocalCodeStore);
  const store = open({ url: s3Url('Team_Flows', 'a b/c') });
  expect(store).toBeInstanceOf(S3CodeStore);
  expect(await (store as S3CodeStore).delivery({ digest: 'abc' })).toEqual({
    pullSteps: [{ 'prefect_aws.deployments.steps.pull_from_s3': { bucket: 'Team_Flows', folder: 'a b/c/abc' } }],
  });
  expect(open({ url: 's3://Team_Flows/a b/c' })).toBe(store);
  expect(open({ url: 's3://Team_Flows/a b/c', awsRegion: 'eu-west-1' })).not.toBe(store);
});

const options = (given: object) => parseOptions(schema, 'p-f:register', given);
const place = (given: object) => placeOf('p-f', withImage(options(given), new Map()));

it.each([
  [{}, 'local:'],
  [{ code: 'local' }, 'local:'],
  [{ s3Bucket: 'team' }, 's3://team/prefect-flows'],
  [{ code: 's3://team/a/b' }, 's3://team/a/b'],
  [{ code: 's3://team' }, 's3://team/'],
  [{ code: 's3://team/a/b/', s3Bucket: 'team', s3Prefix: 'a/b' }, 's3://team/a/b'],
  [{ code: 'pull' }, 'pull:'],
  [{ code: 'git' }, 'git:'],
  [{ code: 'git', gitRepository: 'git@git.example:team/flows.git' }, 'git:git@git.example:team/flows.git'],
  [{ code: 'image' }, 'image:p-f'],
  [{ code: 'image', image: { projectOf: 'worker' } }, 'image:worker'],
])('the options %j name the place %s', (given, url) => {
  expect(place(given).url).toBe(url);
});

it('credentials of a bucket are for a bucket', () => {
  const s3Credentials = 'aws-credentials/prod';
  expect(place({ s3Credentials, s3Bucket: 'team' }).credentials).toBe(s3Credentials);
  expect(place({ s3Credentials, code: 'local' }).credentials).toBe(undefined);
});

it.each([
  [{ code: 'local', s3Bucket: 'team' }, /two places.*"code": "s3:\/\/team\/prefect-flows"/],
  [{ code: 's3://team/a', s3Bucket: 'team' }, /two places/],
  [{ code: 'S3://team/a' }, /must be local, s3:\/\/<bucket>\/<prefix>, git, image or pull/],
  [{ code: 'image', image: 'registry.example/x:1' }, /"image" names registry\.example\/x:1/],
  [{ code: 'git', gitRepository: 'https://ci:word@git.example/x' }, /without a user and password/],
  [{ code: 'git', gitRepository: '--upload-pack=x' }, /must be an address that git can clone/],
  [{ code: 'image', imageDirectory: 'app' }, /must be an absolute path inside of the image/],
  [{ code: 'gs://team/a' }, /must be local/],
  [{ code: 's3://' }, /has a bucket or prefix that must not be empty/],
  [{ code: 's3://team//a' }, /has a bucket or prefix that must be a path such as team\/flows/],
  [{ code: ['git', 'pull'] }, /"code" is not right: must be one value and is a list/],
  [{ code: { kind: 'git' } }, /"code" is not right: must be text/],
])('the options %j are refused in one line', (given, said) => {
  expect(() => place(given)).toThrow(said);
});

it('a flow before Prefect 3 is told what to do where only Prefect 3 can', () => {
  const store: CodeStore = storeOpener('/w')({ url: 'pull:' });
  expect(() => store.storage('abc', 'flow.py', { name: 'sales', prefect: '1.4.1' })).toThrow(
    /is pull, which needs Prefect 3; the flow "sales" has Prefect 1\.4\.1\..*storage of its own.*\[code-unsupported\]/,
  );
});
