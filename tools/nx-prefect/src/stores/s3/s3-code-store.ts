import type { S3Client } from '@aws-sdk/client-s3';
import { canonicalJson } from '../../core/canonical';
import type { Code, CodeStore, PullStep, StoredFlow, StoreKind } from '../code-store';
import type { AwsAnswer } from '../../core/aws/client-options';
import { awsError } from '../../core/aws/errors';
import { Lanes } from '../../core/lanes';

export interface S3Location {
  bucket: string;
  /** Without slashes at its ends; may be empty. */
  prefix: string;
  profile: string | undefined;
  region: string | undefined;
  /** Address of an S3 that is not Amazon's; the SDK also finds one in AWS_ENDPOINT_URL_S3. */
  endpoint?: string | undefined;
}

const UPLOADS_AT_ONCE = 16;

/**
 * `<prefix>/<digest>/<path>` for each file and `<prefix>/<digest>.json`, written last: only with both is a digest
 * there. ListObjectsV2 with a delimiter returns both kinds for all flows in one request per 1,000.
 */
export class S3CodeStore implements CodeStore {
  readonly isLocal = false;
  readonly #location: S3Location;
  readonly #say: (line: string) => void;
  readonly #uploads = new Lanes(UPLOADS_AT_ONCE);
  #client: Promise<S3Client> | undefined;

  constructor(location: S3Location, say: (line: string) => void = () => undefined) {
    this.#say = say;
    this.#location = { ...location, prefix: location.prefix.replace(/^\/+|\/+$/g, '') };
  }

  async present(): Promise<ReadonlySet<string>> {
    const { paginateListObjectsV2 } = await import('@aws-sdk/client-s3');
    const { bucket } = this.#location;
    const folder = this.#key('');
    const started = new Set<string>();
    const complete = new Set<string>();
    await this.#call('ListObjectsV2', async (client) => {
      for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: folder, Delimiter: '/' })) {
        for (const { Prefix } of page.CommonPrefixes ?? []) started.add((Prefix ?? '').slice(folder.length, -1));
        for (const { Key } of page.Contents ?? [])
          complete.add((Key ?? '').slice(folder.length).replace(/\.json$/, ''));
      }
    });
    return new Set([...complete].filter((digest) => started.has(digest)));
  }

  async put(code: Code): Promise<void> {
    let failure: { error: unknown } | undefined;
    const upload = async (path: string) => {
      if (failure) return;
      try {
        await this.#putObject(this.#key(`${code.digest}/${path}`), await code.read(path));
      } catch (error) {
        failure ??= { error };
      }
    };
    await Promise.all(Object.keys(code.files).map((path) => this.#uploads.run(() => upload(path))));
    if (failure) throw failure.error;
    await this.#putObject(this.#key(`${code.digest}.json`), canonicalJson(code.files));
  }

  pullSteps(digest: string, credentials: string | undefined): PullStep[] {
    const block = credentials ? { credentials: `{{ prefect.blocks.${credentials.replace('/', '.')} }}` } : {};
    const from = { bucket: this.#location.bucket, folder: this.#key(digest), ...block };
    return [{ 'prefect_aws.deployments.steps.pull_from_s3': from }];
  }

  /** `S3(bucket, key, stored_as_script=True)`, as `prefect.serialization` of 0.15.13 and 1.4.1 writes it. */
  storage(digest: string, file: string, { name, prefect }: StoredFlow): Record<string, unknown> {
    const key = this.#key(`${digest}/${file}`);
    return {
      type: 'S3',
      __version__: prefect,
      bucket: this.#location.bucket,
      key,
      flows: { [name]: key },
      stored_as_script: true,
      secrets: [],
      client_options: null,
    };
  }

  #key(name: string): string {
    return this.#location.prefix ? `${this.#location.prefix}/${name}` : name;
  }

  async #putObject(key: string, body: Buffer | string): Promise<void> {
    const { PutObjectCommand } = await import('@aws-sdk/client-s3');
    await this.#call('PutObject', (client) =>
      client.send(new PutObjectCommand({ Bucket: this.#location.bucket, Key: key, Body: body })),
    );
  }

  async #call<T>(action: string, send: (client: S3Client) => Promise<T>): Promise<T> {
    this.#client ??= this.#connect();
    const client = await this.#client;
    try {
      return await send(client);
    } catch (error) {
      const region = await client.config.region().catch(() => undefined);
      throw awsError(error, {
        action,
        resource: { kind: 'bucket', name: this.#location.bucket },
        profile: this.#location.profile,
        region,
        endpoint: this.#endpoint(),
      });
    }
  }

  #endpoint(): string | undefined {
    return (
      this.#location.endpoint || process.env['AWS_ENDPOINT_URL_S3'] || process.env['AWS_ENDPOINT_URL'] || undefined
    );
  }

  /** The SDK is loaded only by runs that use a bucket: it takes a third of a second. */
  async #connect(): Promise<S3Client> {
    const [{ S3Client: Client }, { clientOptions, watch }] = await Promise.all([
      import('@aws-sdk/client-s3'),
      import('../../core/aws/client-options.js'),
    ]);
    const endpoint = this.#endpoint();
    const { line, ...options } = await clientOptions({ ...this.#location, endpoint, service: 's3', say: this.#say });
    const client = new Client({
      ...options,
      ...(this.#location.endpoint ? { endpoint: this.#location.endpoint } : {}),
      // Local S3 servers answer on one host name for all buckets.
      forcePathStyle: endpoint !== undefined,
    });
    watch(client.middlewareStack, line, refuseStrange);
    return client;
  }
}

/**
 * A list is XML, and what was put has an ETag: where a login page answers for S3 with 200, the SDK sees an empty bucket
 * that takes everything.
 */
function refuseStrange({ action, status, header }: AwsAnswer): string | undefined {
  if (status < 200 || status >= 300) return undefined;
  if (action === 'PutObject') return header('etag') === undefined ? `${status} without an ETag` : undefined;
  const type = header('content-type') ?? '';
  return /\bhtml\b|\bjson\b|text\/plain/.test(type) ? `${status} with ${type}` : undefined;
}

export const s3Stores: StoreKind = {
  scheme: 's3',
  open({ url, awsProfile, awsRegion, s3Endpoint }, { say }) {
    const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]*)\/?(.*)$/s.exec(url) ?? [];
    return new S3CodeStore({ bucket, prefix, profile: awsProfile, region: awsRegion, endpoint: s3Endpoint }, say);
  },
};
