import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { sha256 } from '../../core/canonical';
import { codeIn } from '../code-files';
import { S3CodeStore } from './s3-code-store';

const s3 = mockClient(S3Client);
const store = (more = {}) =>
  new S3CodeStore({ bucket: 'team', prefix: '/code/', profile: 'staging', region: 'eu-central-1', ...more });

const folder = mkdtempSync(join(tmpdir(), 'nx-prefect-spec-'));
const code = codeIn(folder, { digest: 'abc', files: { 'flow.py': sha256('print(1)\n'), 'tasks.py': sha256('') } });
beforeEach(() => {
  s3.reset();
  writeFileSync(join(folder, 'flow.py'), 'print(1)\n');
  writeFileSync(join(folder, 'tasks.py'), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('S3CodeStore', () => {
  it('finds whole digests of all flows with one list by delimiter, and none of a killed upload', async () => {
    s3.on(ListObjectsV2Command).resolves({
      CommonPrefixes: [{ Prefix: 'code/whole/' }, { Prefix: 'code/killed/' }],
      Contents: [{ Key: 'code/whole.json' }, { Key: 'code/emptied.json' }],
    });
    expect([...(await store().present())]).toEqual(['whole']);
    expect(s3.calls().map(({ args }) => args[0].input)).toEqual([
      expect.objectContaining({ Bucket: 'team', Prefix: 'code/', Delimiter: '/' }),
    ]);
  });

  it('reads on where the list is cut', async () => {
    s3.on(ListObjectsV2Command)
      .resolvesOnce({ CommonPrefixes: [{ Prefix: 'code/a/' }], NextContinuationToken: 'more', IsTruncated: true })
      .resolvesOnce({ Contents: [{ Key: 'code/a.json' }] });
    expect([...(await store().present())]).toEqual(['a']);
  });

  it('writes the marker last', async () => {
    s3.on(PutObjectCommand).resolves({});
    await store().put(code);
    const keys = s3.commandCalls(PutObjectCommand).map(({ args }) => args[0].input.Key);
    expect(keys.slice(0, 2).sort()).toEqual(['code/abc/flow.py', 'code/abc/tasks.py']);
    expect(keys[2]).toBe('code/abc.json');
  });

  it('writes no marker when a file could not be written, and none of a build that somebody changed', async () => {
    s3.on(PutObjectCommand).resolves({});
    s3.on(PutObjectCommand, { Key: 'code/abc/tasks.py' }).rejects(
      Object.assign(new Error('denied'), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } }),
    );
    await expect(store().put(code)).rejects.toMatchObject({
      code: 'aws-denied',
      what: expect.stringContaining('PutObject on bucket team (profile staging, region eu-central-1)'),
    });
    writeFileSync(join(folder, 'flow.py'), 'print(2)\n');
    await expect(store().put(code)).rejects.toMatchObject({ code: 'build-damaged' });
    expect(s3.commandCalls(PutObjectCommand, { Key: 'code/abc.json' })).toHaveLength(0);
  });

  it.each<[string, object, string]>([
    ['bucket-not-found', { name: 'NoSuchBucket' }, 'aws s3 mb s3://team'],
    ['aws-no-credentials', { name: 'CredentialsProviderError' }, 'aws sso login --profile staging'],
    ['aws-denied', { name: 'SignatureDoesNotMatch' }, 'credentials'],
    ['aws-wrong-region', { name: 'PermanentRedirect' }, 'awsRegion'],
    ['aws-failed', { name: 'InternalError' }, 'again'],
  ])('says %s', async (code_, error, next) => {
    s3.on(ListObjectsV2Command).rejects(Object.assign(new Error('what AWS says'), error));
    await expect(store().present()).rejects.toMatchObject({
      code: code_,
      what: expect.stringContaining('ListObjectsV2 on bucket team'),
      next: expect.stringContaining(next),
    });
  });

  it('says where the code of a digest lies', () => {
    const step = 'prefect_aws.deployments.steps.pull_from_s3';
    expect(store().pullSteps('abc', undefined)).toEqual([{ [step]: { bucket: 'team', folder: 'code/abc' } }]);
    expect(store({ prefix: '' }).pullSteps('abc', 'aws-credentials/prod')).toEqual([
      { [step]: { bucket: 'team', folder: 'abc', credentials: '{{ prefect.blocks.aws-credentials.prod }}' } },
    ]);
  });
});
