import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { sha256 } from '../../core/canonical';
import { codeIn } from '../code-files';
import { S3CodeStore } from './s3-code-store';

const s3 = mockClient(S3Client);
const store = (more = {}) =>
  new S3CodeStore({ bucket: 'team', prefix: '/code/', profile: 'staging', region: 'eu-central-1', ...more });

const DIGEST = 'ab'.repeat(32);
const folder = mkdtempSync(join(tmpdir(), 'nx-prefect-spec-'));
// Of no machine: which profiles there are is in the messages.
process.env['AWS_CONFIG_FILE'] = join(folder, 'aws-config');
process.env['AWS_SHARED_CREDENTIALS_FILE'] = join(folder, 'aws-credentials');
writeFileSync(join(folder, 'aws-config'), '[profile staging]\nregion = eu-central-1\n');
const code = codeIn(folder, { digest: DIGEST, files: { 'flow.py': sha256('print(1)\n'), 'tasks.py': sha256('') } });
const md5 = (content: string) => createHash('md5').update(content).digest('hex');
beforeEach(() => {
  s3.reset();
  writeFileSync(join(folder, 'flow.py'), 'print(1)\n');
  writeFileSync(join(folder, 'tasks.py'), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('S3CodeStore', () => {
  const object = (path: string, size: number, etag: string) => ({
    Key: `code/${DIGEST}${path}`,
    Size: size,
    ETag: `"${etag}"`,
  });
  const MARKER = object('.json', 2, 'x');
  const FLOW = object('/flow.py', 9, md5('print(1)\n'));
  const TASKS = object('/tasks.py', 0, md5(''));
  const listed = (...objects: object[]) => s3.on(ListObjectsV2Command).resolves({ Contents: objects });

  it('keeps builds beside the code, by the digest of their source', async () => {
    s3.on(PutObjectCommand).resolves({ ETag: '"x"' });
    s3.on(GetObjectCommand)
      .resolvesOnce({ Body: { transformToString: async () => 'text' } as never })
      .rejectsOnce(new NoSuchKey({ $metadata: {}, message: 'none' }))
      .rejects(Object.assign(new Error('no'), { name: 'AccessDenied' }));
    const { builds } = store();
    await builds.put(DIGEST, 'text');
    expect(s3.commandCalls(PutObjectCommand)[0]!.args[0].input).toMatchObject({
      Bucket: 'team',
      Key: `code/builds/${DIGEST}.json`,
      Body: 'text',
    });
    expect([await builds.take(DIGEST), await builds.take(DIGEST)]).toEqual(['text', undefined]);
    await expect(builds.take(DIGEST)).rejects.toMatchObject({ code: 'aws-denied' });
  });

  it('finds a digest whole with one listing of what begins with it, whatever else the bucket holds', async () => {
    listed(MARKER, FLOW, TASKS, object('/__pycache__/stranger', 1, 'y'));
    expect(await store().holds(code)).toBe(true);
    expect(s3.calls().map(({ args }) => args[0].input)).toEqual([
      expect.objectContaining({ Bucket: 'team', Prefix: `code/${DIGEST}` }),
    ]);
  });

  it.each<[string, object[], string[]]>([
    ['nothing', [], ['/flow.py', '/tasks.py']],
    ['no marker: a killed upload', [FLOW, TASKS], []],
    ['no more than a marker', [MARKER], ['/flow.py', '/tasks.py']],
    ['a file less', [MARKER, FLOW], ['/tasks.py']],
    ['an emptied file', [MARKER, object('/flow.py', 0, md5('')), TASKS], ['/flow.py']],
    ['another file of the same size', [MARKER, object('/flow.py', 9, md5('print(2)\n')), TASKS], ['/flow.py']],
  ])('finds a digest damaged that has %s, and puts there what is missing', async (_what, objects, missing) => {
    listed(...objects);
    s3.on(GetObjectCommand).resolves({});
    s3.on(PutObjectCommand).resolves({});
    const one = store();
    expect(await one.holds(code)).toBe(false);
    // Files are read and put several at once: the disk must not decide which one is first.
    await one.put({ ...code, read: async (path) => readFileSync(join(folder, path)) });
    const keys = s3.commandCalls(PutObjectCommand).map(({ args }) => args[0].input.Key!.slice(`code/${DIGEST}`.length));
    expect(keys).toEqual([...missing, '.json']);
  });

  it('goes by the ETags of the upload where they are not the MD5, as with a key of KMS', async () => {
    s3.on(PutObjectCommand).resolves({ ETag: `"${md5('encrypted')}"` });
    await store().put(code);
    const marker = String(s3.commandCalls(PutObjectCommand).at(-1)!.args[0].input.Body);
    s3.on(GetObjectCommand).resolves({ Body: { transformToString: async () => marker } as never });
    listed(MARKER, object('/flow.py', 9, md5('encrypted')), object('/tasks.py', 0, md5('encrypted')));
    expect(await store().holds(code)).toBe(true);
    // There is no other way to recognise what each build makes again.
    expect(await store().holds({ ...code, varies: true })).toBe(true);
    listed(MARKER, object('/flow.py', 9, md5('other')), object('/tasks.py', 0, md5('encrypted')));
    expect(await store().holds(code)).toBe(false);
    expect(await store().holds({ ...code, varies: true })).toBe(false);
  });

  it('reads on where the list is cut', async () => {
    s3.on(ListObjectsV2Command)
      .resolvesOnce({ Contents: [MARKER, FLOW], NextContinuationToken: 'more', IsTruncated: true })
      .resolvesOnce({ Contents: [TASKS] });
    expect(await store().holds(code)).toBe(true);
  });

  it('writes the marker last', async () => {
    s3.on(PutObjectCommand).resolves({});
    await store().put(code);
    const keys = s3.commandCalls(PutObjectCommand).map(({ args }) => args[0].input.Key);
    expect(keys.slice(0, 2).sort()).toEqual([`code/${DIGEST}/flow.py`, `code/${DIGEST}/tasks.py`]);
    expect(keys[2]).toBe(`code/${DIGEST}.json`);
  });

  it('writes no marker when a file could not be written, and none of a build that somebody changed', async () => {
    s3.on(PutObjectCommand).resolves({});
    s3.on(PutObjectCommand, { Key: `code/${DIGEST}/tasks.py` }).rejects(
      Object.assign(new Error('denied'), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } }),
    );
    await expect(store().put(code)).rejects.toMatchObject({
      code: 'aws-denied',
      what: expect.stringContaining('PutObject on bucket team (profile staging, region eu-central-1)'),
    });
    s3.on(PutObjectCommand, { Key: `code/${DIGEST}/tasks.py` }).resolves({});
    writeFileSync(join(folder, 'flow.py'), 'print(2)\n');
    await expect(store().put(code)).rejects.toMatchObject({ code: 'build-damaged' });
    expect(s3.commandCalls(PutObjectCommand, { Key: `code/${DIGEST}.json` })).toHaveLength(0);
  });

  it.each<[string, object, string, object?]>([
    ['bucket-not-found', { name: 'NoSuchBucket' }, 'aws s3 mb s3://team'],
    ['aws-no-credentials', { name: 'CredentialsProviderError' }, 'aws sso login --profile staging'],
    ['aws-no-credentials', { name: 'CredentialsProviderError' }, 'aws configure list-profiles', { profile: 'nowhere' }],
    ['aws-denied', { name: 'SignatureDoesNotMatch' }, 'credentials'],
    ['aws-wrong-region', { name: 'PermanentRedirect' }, 'awsRegion'],
    ['aws-failed', { name: 'InternalError' }, 'again'],
  ])('says %s %j: %s', async (code_, error, next, more = {}) => {
    s3.on(ListObjectsV2Command).rejects(Object.assign(new Error('what AWS says'), error));
    await expect(store(more).holds(code)).rejects.toMatchObject({
      code: code_,
      what: expect.stringContaining('ListObjectsV2 on bucket team'),
      next: expect.stringContaining(next),
    });
  });

  it('says where the code of a digest lies', async () => {
    const of = async (more?: object) => {
      const { pullSteps } = await store(more).delivery({ digest: 'abc' });
      return pullSteps.map((step) => step['prefect_aws.deployments.steps.pull_from_s3']);
    };
    expect(await of()).toEqual([{ bucket: 'team', folder: 'code/abc' }]);
    expect(await of({ prefix: '', credentials: 'aws-credentials/prod' })).toEqual([
      { bucket: 'team', folder: 'abc', credentials: '{{ prefect.blocks.aws-credentials.prod }}' },
    ]);
  });
});
