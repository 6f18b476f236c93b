import {
  BatchGetImageCommand,
  CreateRepositoryCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  ImageAlreadyExistsException,
  ImageTagAlreadyExistsException,
  PutImageCommand,
  PutLifecyclePolicyCommand,
  RepositoryAlreadyExistsException,
  RepositoryNotFoundException,
} from '@aws-sdk/client-ecr';
import { mockClient } from 'aws-sdk-client-mock';
import { formatError } from '../core/errors';
import { Ecr } from './ecr';

const sent = mockClient(ECRClient);
const ecr = (more = {}) => new Ecr({ region: 'eu-central-1', profile: 'staging', registryId: undefined, ...more });
const settings = { scanOnPush: true, immutableTags: false, mutableTags: [], encryption: 'AES256' };
const said = { $metadata: {}, message: 'what ECR says' };

beforeEach(() => sent.reset());

describe('find', () => {
  it('tells what is under each tag, and the address of the repository, from one call', async () => {
    const imageId = { imageTag: 'latest', imageDigest: 'sha256:1' };
    sent.on(BatchGetImageCommand).resolves({
      images: [{ registryId: '123456789012', imageId, imageManifest: '{}', imageManifestMediaType: 'type' }],
      failures: [],
    });
    expect(await ecr().find('team', ['nx-1', 'latest'])).toEqual({
      repositoryUri: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/team',
      images: new Map([['latest', { digest: 'sha256:1', manifest: '{}', mediaType: 'type' }]]),
    });
    expect(sent.calls().map(({ args }) => args[0].input)).toEqual([
      { repositoryName: 'team', imageIds: [{ imageTag: 'nx-1' }, { imageTag: 'latest' }] },
    ]);
  });

  it('knows the names of other partitions, and a registry of another account', async () => {
    sent.on(BatchGetImageCommand).resolves({});
    const location = { region: 'cn-north-1', registryId: '210987654321' };
    expect(await ecr(location).find('team', ['latest'])).toEqual({
      repositoryUri: '210987654321.dkr.ecr.cn-north-1.amazonaws.com.cn/team',
      images: new Map(),
    });
    expect(sent.calls()[0]?.args[0].input).toMatchObject({ registryId: '210987654321' });
  });

  it('no repository is no error', async () => {
    sent.on(BatchGetImageCommand).rejects(new RepositoryNotFoundException(said));
    expect(await ecr().find('team', ['latest'])).toEqual({ repositoryUri: undefined, images: undefined });
  });
});

describe('createRepository', () => {
  it('with its settings', async () => {
    sent
      .on(CreateRepositoryCommand)
      .resolves({ repository: { repositoryUri: 'r/team' } })
      .on(PutLifecyclePolicyCommand)
      .resolves({});
    const key = 'arn:aws:kms:eu-central-1:123456789012:key/1';
    expect(
      await ecr().createRepository('team', {
        ...settings,
        immutableTags: true,
        encryption: key,
        lifecyclePolicy: { rules: [] },
      }),
    ).toBe('r/team');
    expect(sent.calls().map(({ args }) => args[0].input)).toEqual([
      {
        repositoryName: 'team',
        imageScanningConfiguration: { scanOnPush: true },
        imageTagMutability: 'IMMUTABLE',
        encryptionConfiguration: { encryptionType: 'KMS', kmsKey: key },
      },
      { repositoryName: 'team', lifecyclePolicyText: '{"rules":[]}' },
    ]);
  });

  it('with tags that are immutable but for some', async () => {
    sent.on(CreateRepositoryCommand).resolves({});
    await ecr().createRepository('team', { ...settings, immutableTags: true, mutableTags: ['latest', 'pr-*'] });
    expect(sent.calls()[0]?.args[0].input).toMatchObject({
      imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      imageTagMutabilityExclusionFilters: [
        { filterType: 'WILDCARD', filter: 'latest' },
        { filterType: 'WILDCARD', filter: 'pr-*' },
      ],
    });
  });

  it('leaves one that somebody else created at the same time as it is', async () => {
    sent.on(CreateRepositoryCommand).rejects(new RepositoryAlreadyExistsException(said));
    expect(await ecr().createRepository('team', { ...settings, lifecyclePolicy: '{}' })).toBeUndefined();
    expect(sent.commandCalls(PutLifecyclePolicyCommand)).toHaveLength(0);
  });
});

describe('putTag', () => {
  const image = { digest: 'sha256:1', manifest: '{}', mediaType: undefined };

  it('an image that has the tag already is a success', async () => {
    sent.on(PutImageCommand).rejects(new ImageAlreadyExistsException(said));
    await expect(ecr().putTag('team', 'latest', image)).resolves.toBeUndefined();
  });

  it('an immutable tag of another image is a clear error', async () => {
    sent.on(PutImageCommand).rejects(new ImageTagAlreadyExistsException(said));
    await expect(ecr().putTag('team', 'latest', image)).rejects.toMatchObject({
      code: 'image-tag-immutable',
      what: expect.stringContaining('PutImage on repository team (profile staging, region eu-central-1)'),
    });
  });
});

describe('login', () => {
  it('takes all after the first colon for the password, and keeps it out of messages', async () => {
    const token = Buffer.from('AWS:first:second').toString('base64');
    sent.on(GetAuthorizationTokenCommand).resolves({
      authorizationData: [{ authorizationToken: token, proxyEndpoint: 'https://1.dkr.ecr.eu-central-1.amazonaws.com' }],
    });
    expect(await ecr().login('team')).toEqual({
      username: 'AWS',
      password: 'first:second',
      host: '1.dkr.ecr.eu-central-1.amazonaws.com',
    });
    expect(formatError(new Error(`first:second ${token}`))).toBe('Unexpected error: *** ***');
  });

  it('an answer without a token is a clear error', async () => {
    sent.on(GetAuthorizationTokenCommand).resolves({});
    await expect(ecr().login('team')).rejects.toMatchObject({ code: 'aws-failed' });
  });
});
