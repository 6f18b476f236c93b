import type { ECRClient } from '@aws-sdk/client-ecr';
import type { RepositorySettings } from '../options/docker-deploy-options';
import { FlowError, hide } from '../core/errors';
import type { AwsAnswer } from '../core/aws/client-options';
import { callAws } from '../core/aws/errors';
import type { HeldImage } from './held-image';
import { type ImageConfig, configDigest, download, imageConfig } from './image-config';
import type { RegistryLocation } from './registry-location';

export interface Held {
  /** `123456789012.dkr.ecr.us-east-1.amazonaws.com/team/worker`; undefined until ECR has told an account. */
  repositoryUri: string | undefined;
  /** The existing images by tag; undefined = there is no such repository. */
  images: ReadonlyMap<string, HeldImage> | undefined;
}

export interface Scan {
  /** In ECR's words: `IN_PROGRESS`, `COMPLETE`, `ACTIVE`, `UNSUPPORTED_IMAGE`. */
  status: string;
  /** Why, where that is not obvious. */
  reason: string | undefined;
  /** How many, by severity: `CRITICAL`. */
  findings: Readonly<Record<string, number>>;
}

export interface Login {
  username: string;
  password: string;
  /** Without a scheme. */
  host: string;
}

/** ECR's API, an action a method. Loaded with the SDK only by runs that ask it. */
export class Ecr {
  readonly #location: RegistryLocation;
  readonly #say: (line: string) => void;
  #client: Promise<ECRClient> | undefined;

  /** @param say told that one waits for ECR */
  constructor(location: RegistryLocation, say: (line: string) => void = () => undefined) {
    this.#say = say;
    this.#location = location;
  }

  /** What is under these tags: one call. */
  async find(repository: string, tags: readonly string[]): Promise<Held> {
    const { BatchGetImageCommand, RepositoryNotFoundException } = await import('@aws-sdk/client-ecr');
    const imageIds = tags.map((imageTag) => ({ imageTag }));
    const answer = await this.#call('BatchGetImage', repository, async (client) => {
      try {
        return await client.send(
          new BatchGetImageCommand({ ...this.#registry(), repositoryName: repository, imageIds }),
        );
      } catch (error) {
        if (error instanceof RepositoryNotFoundException) return undefined;
        throw error;
      }
    });
    if (answer === undefined)
      return { repositoryUri: await this.#uri(repository, this.#location.registryId), images: undefined };
    const images = new Map<string, HeldImage>();
    for (const { imageId, imageManifest, imageManifestMediaType } of answer.images ?? []) {
      if (!imageId?.imageTag || !imageId.imageDigest) continue;
      images.set(imageId.imageTag, {
        digest: imageId.imageDigest,
        manifest: imageManifest ?? '',
        mediaType: imageManifestMediaType,
      });
    }
    return {
      repositoryUri: await this.#uri(repository, answer.images?.[0]?.registryId ?? this.#location.registryId),
      images,
    };
  }

  /** What the image of a digest says of itself; undefined where there is none. */
  async config(repository: string, imageDigest: string): Promise<ImageConfig | undefined> {
    const { BatchGetImageCommand, GetDownloadUrlForLayerCommand } = await import('@aws-sdk/client-ecr');
    const of = { ...this.#registry(), repositoryName: repository };
    const { images = [] } = await this.#call('BatchGetImage', repository, (client) =>
      client.send(new BatchGetImageCommand({ ...of, imageIds: [{ imageDigest }] })),
    );
    const manifest = images[0]?.imageManifest;
    if (manifest === undefined) return undefined;
    const { layerDigest, image } = configDigest({ digest: imageDigest, manifest, mediaType: undefined });
    if (layerDigest === undefined) return image === undefined ? undefined : this.config(repository, image);
    const { downloadUrl = '' } = await this.#call('GetDownloadUrlForLayer', repository, (client) =>
      client.send(new GetDownloadUrlForLayerCommand({ ...of, layerDigest })),
    );
    return imageConfig(await download(downloadUrl, repository));
  }

  /**
   * Creates it, with its settings. It is not an error if somebody else creates it at the same time.
   *
   * @returns its URI, if this call created it
   */
  async createRepository(
    repository: string,
    { scanOnPush, immutableTags, mutableTags, encryption, lifecyclePolicy }: RepositorySettings,
  ): Promise<string | undefined> {
    const { CreateRepositoryCommand, PutLifecyclePolicyCommand, RepositoryAlreadyExistsException } =
      await import('@aws-sdk/client-ecr');
    const key = encryption.startsWith('arn:') ? { kmsKey: encryption } : {};
    const created = await this.#call('CreateRepository', repository, async (client) => {
      try {
        return await client.send(
          new CreateRepositoryCommand({
            ...this.#registry(),
            repositoryName: repository,
            imageScanningConfiguration: { scanOnPush },
            ...mutability(immutableTags, mutableTags),
            encryptionConfiguration: { encryptionType: encryption === 'AES256' ? 'AES256' : 'KMS', ...key },
          }),
        );
      } catch (error) {
        if (error instanceof RepositoryAlreadyExistsException) return undefined;
        throw error;
      }
    });
    if (created && lifecyclePolicy !== undefined) {
      const lifecyclePolicyText =
        typeof lifecyclePolicy === 'string' ? lifecyclePolicy : JSON.stringify(lifecyclePolicy);
      await this.#call('PutLifecyclePolicy', repository, (client) =>
        client.send(
          new PutLifecyclePolicyCommand({ ...this.#registry(), repositoryName: repository, lifecyclePolicyText }),
        ),
      );
    }
    return created?.repository?.repositoryUri;
  }

  /** Puts another tag on an image that is there; no layer travels. */
  async putTag(repository: string, tag: string, { digest, manifest, mediaType }: HeldImage): Promise<void> {
    const { ImageAlreadyExistsException, PutImageCommand } = await import('@aws-sdk/client-ecr');
    await this.#call('PutImage', repository, async (client) => {
      try {
        const type = mediaType === undefined ? {} : { imageManifestMediaType: mediaType };
        await client.send(
          new PutImageCommand({
            ...this.#registry(),
            repositoryName: repository,
            imageTag: tag,
            imageDigest: digest,
            imageManifest: manifest,
            ...type,
          }),
        );
      } catch (error) {
        if (!(error instanceof ImageAlreadyExistsException)) throw error;
      }
    });
  }

  /** What ECR's scan of an image came to; undefined = there is none. */
  async scan(repository: string, digest: string): Promise<Scan | undefined> {
    const { DescribeImageScanFindingsCommand, ScanNotFoundException } = await import('@aws-sdk/client-ecr');
    const which = { repositoryName: repository, imageId: { imageDigest: digest } };
    const answer = await this.#call('DescribeImageScanFindings', repository, async (client) => {
      try {
        // The counts are those of all findings, whatever the page.
        return await client.send(
          new DescribeImageScanFindingsCommand({ ...this.#registry(), ...which, maxResults: 1 }),
        );
      } catch (error) {
        if (error instanceof ScanNotFoundException) return undefined;
        throw error;
      }
    });
    if (answer === undefined) return undefined;
    const { status = '', description } = answer.imageScanStatus ?? {};
    return { status, reason: description, findings: answer.imageScanFindings?.findingSeverityCounts ?? {} };
  }

  /** Begins a scan; that one runs, or ran a moment ago, is no error. */
  async startScan(repository: string, digest: string): Promise<void> {
    const { LimitExceededException, StartImageScanCommand } = await import('@aws-sdk/client-ecr');
    await this.#call('StartImageScan', repository, async (client) => {
      try {
        const imageId = { imageDigest: digest };
        await client.send(new StartImageScanCommand({ ...this.#registry(), repositoryName: repository, imageId }));
      } catch (error) {
        if (!(error instanceof LimitExceededException)) throw error;
      }
    });
  }

  /** A password of twelve hours. It is kept out of all messages from here on. */
  async login(repository: string): Promise<Login> {
    const { GetAuthorizationTokenCommand } = await import('@aws-sdk/client-ecr');
    const { registryId } = this.#location;
    const { authorizationData } = await this.#call('GetAuthorizationToken', repository, (client) =>
      client.send(new GetAuthorizationTokenCommand(registryId ? { registryIds: [registryId] } : {})),
    );
    const { authorizationToken = '', proxyEndpoint = '' } = authorizationData?.[0] ?? {};
    const decoded = Buffer.from(authorizationToken, 'base64').toString();
    const colon = decoded.indexOf(':');
    if (colon < 0 || !proxyEndpoint) {
      throw new FlowError({
        code: 'aws-failed',
        what: 'ECR gave no usable authorization token.',
        next: 'Run the command again. If the error stays, check the status of ECR.',
      });
    }
    const password = decoded.slice(colon + 1);
    hide(authorizationToken);
    hide(password);
    return { username: decoded.slice(0, colon), password, host: new URL(proxyEndpoint).host };
  }

  #registry(): { registryId?: string } {
    return this.#location.registryId ? { registryId: this.#location.registryId } : {};
  }

  /** The region's endpoint is api.ecr.<region>.<suffix>, its registries' <account>.dkr.ecr.<region>.<suffix>. */
  async #uri(repository: string, account: string | undefined): Promise<string | undefined> {
    if (account === undefined) return undefined;
    const { config } = await this.#connection();
    const { url } = config.endpointProvider({ Region: await config.region() }, {});
    return `${url.hostname.replace(/^api\./, `${account}.dkr.`)}/${repository}`;
  }

  async #call<T>(action: string, repository: string, send: (client: ECRClient) => Promise<T>): Promise<T> {
    const resource = { kind: 'repository' as const, name: repository };
    const call = { action, resource, profile: this.#location.profile, endpoint: endpoint() };
    return callAws(await this.#connection(), call, send);
  }

  async #connection(): Promise<ECRClient> {
    this.#client ??= this.#connect();
    return this.#client;
  }

  async #connect(): Promise<ECRClient> {
    const [{ ECRClient: Client }, { clientOptions, watch }] = await Promise.all([
      import('@aws-sdk/client-ecr'),
      import('../core/aws/client-options.js'),
    ]);
    const where = { ...this.#location, endpoint: endpoint(), service: 'api.ecr', say: this.#say };
    const { line, ...options } = await clientOptions(where);
    const client = new Client(options);
    watch(client.middlewareStack, line, refuseStrange);
    return client;
  }
}

/** Immutable tags, but for those that match one of the patterns. */
function mutability(isImmutable: boolean, but: readonly string[]) {
  if (!isImmutable) return { imageTagMutability: 'MUTABLE' as const };
  if (but.length === 0) return { imageTagMutability: 'IMMUTABLE' as const };
  return {
    imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION' as const,
    imageTagMutabilityExclusionFilters: but.map((filter) => ({ filterType: 'WILDCARD' as const, filter })),
  };
}

function endpoint(): string | undefined {
  return process.env['AWS_ENDPOINT_URL_ECR'] || process.env['AWS_ENDPOINT_URL'] || undefined;
}

/** ECR's answers are JSON of its own kind: where a login page answers with 200, the SDK sees an empty registry. */
function refuseStrange({ status, header }: AwsAnswer): string | undefined {
  const type = header('content-type') ?? '';
  if (status < 200 || status >= 300 || /json/.test(type)) return undefined;
  return `${status} with ${type || 'no content type'}`;
}
