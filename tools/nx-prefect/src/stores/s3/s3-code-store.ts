import type { S3Client } from '@aws-sdk/client-s3';
import { canonicalJson } from '../../core/canonical';
import type { Code, CodeStore, Delivery, KeptBuilds, StoredFlow, StoreKind } from '../code-store';
import type { AwsAnswer } from '../../core/aws/client-options';
import { callAws } from '../../core/aws/errors';
import { s3Parts } from '../../options/place-types';
import { Lanes } from '../../core/lanes';
import { etagsOf, type Marker, type StoredObject, verdict, withoutQuotes } from './stored-objects';

export interface S3Location {
  bucket: string;
  /** Without slashes at its ends; may be empty. */
  prefix: string;
  profile: string | undefined;
  region: string | undefined;
  /** The block that workers read with; their own role without one. */
  credentials?: string | undefined;
  /** Address of an S3 that is not Amazon's; the SDK also finds one in AWS_ENDPOINT_URL_S3. */
  endpoint?: string | undefined;
}

const REQUESTS_AT_ONCE = 16;
/** Folder of what others have built: no digest of code begins so. */
const BUILDS = 'builds';
/** What the key of a digest's marker has after the digest. */
const MARKER = '.json';

/**
 * `<prefix>/<digest>/<path>` for each file and `<prefix>/<digest>.json`, written last: without it nothing is there.
 * `<prefix>/builds/<source digest>.json` holds what a source builds to.
 * One listing of what begins with the digest says of all these objects how large they are, and by their ETags what they
 * hold.
 */
export class S3CodeStore implements CodeStore {
  readonly isLocal = false;
  readonly builds: KeptBuilds = {
    isLocal: false,
    take: (sourceDigest) => this.#reads.run(() => this.#getText(this.#buildKey(sourceDigest))),
    put: (sourceDigest, text) =>
      this.#uploads.run(async () => void (await this.#putObject(this.#buildKey(sourceDigest), text))),
  };
  readonly #location: S3Location;
  readonly #say: (line: string) => void;
  readonly #uploads = new Lanes(REQUESTS_AT_ONCE);
  readonly #reads = new Lanes(REQUESTS_AT_ONCE);
  /** By digest: path -> ETag of objects that need not be put again. */
  readonly #right = new Map<string, Record<string, string>>();
  #client: Promise<S3Client> | undefined;

  constructor(location: S3Location, say: (line: string) => void = () => undefined) {
    this.#say = say;
    this.#location = { ...location, prefix: location.prefix.replace(/^\/+|\/+$/g, '') };
  }

  holds(code: Code): Promise<boolean> {
    return this.#reads.run(async () => {
      const stored = await this.#list(code.digest);
      const isMarked = stored.delete(MARKER);
      const right: Record<string, string> = {};
      const unsure: string[] = [];
      // An upload that was never begun asks for no content.
      for (const path of stored.size === 0 ? [] : Object.keys(code.files)) {
        const object = stored.get(path);
        const found = object && (code.varies ? 'unsure' : verdict(object, await code.read(path)));
        if (object && found === 'right') right[path] = object.etag;
        if (found === 'unsure') unsure.push(path);
      }
      if (unsure.length > 0 && isMarked) {
        const etags = await this.#etags(code.digest);
        for (const path of unsure) if (etags[path] === stored.get(path)?.etag) right[path] = etags[path]!;
      }
      this.#right.set(code.digest, right);
      return isMarked && Object.keys(code.files).every((path) => path in right);
    });
  }

  async put(code: Code): Promise<void> {
    const etags = { ...this.#right.get(code.digest) };
    let failure: { error: unknown } | undefined;
    const upload = async (path: string) => {
      if (failure) return;
      try {
        etags[path] = await this.#putObject(this.#key(`${code.digest}/${path}`), await code.read(path));
      } catch (error) {
        failure ??= { error };
      }
    };
    const missing = Object.keys(code.files).filter((path) => !(path in etags));
    await Promise.all(missing.map((path) => this.#uploads.run(() => upload(path))));
    if (failure) throw failure.error;
    const marker: Marker = { files: code.files, etags };
    await this.#putObject(this.#key(`${code.digest}${MARKER}`), canonicalJson(marker));
  }

  async delivery({ digest }: Pick<Code, 'digest'>): Promise<Delivery> {
    const { credentials } = this.#location;
    const block = credentials ? { credentials: `{{ prefect.blocks.${credentials.replace('/', '.')} }}` } : {};
    const from = { bucket: this.#location.bucket, folder: this.#key(digest), ...block };
    return { pullSteps: [{ 'prefect_aws.deployments.steps.pull_from_s3': from }] };
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

  #buildKey(sourceDigest: string): string {
    return this.#key(`${BUILDS}/${sourceDigest}.json`);
  }

  #key(name: string): string {
    return this.#location.prefix ? `${this.#location.prefix}/${name}` : name;
  }

  /** Path -> object, of one digest; its marker has the path {@link MARKER}. */
  async #list(digest: string): Promise<Map<string, StoredObject>> {
    const { paginateListObjectsV2 } = await import('@aws-sdk/client-s3');
    const start = this.#key(digest);
    const found = new Map<string, StoredObject>();
    await this.#call('ListObjectsV2', async (client) => {
      const request = { Bucket: this.#location.bucket, Prefix: start };
      for await (const { Contents } of paginateListObjectsV2({ client }, request)) {
        for (const { Key = '', Size = 0, ETag } of Contents ?? [])
          found.set(Key.slice(start.length).replace(/^\//, ''), { size: Size, etag: withoutQuotes(ETag) });
      }
    });
    return found;
  }

  /** The ETags that the marker of a digest vouches for. */
  async #etags(digest: string): Promise<Record<string, string>> {
    return etagsOf((await this.#getText(this.#key(`${digest}${MARKER}`))) ?? '');
  }

  /** Undefined where there is no such object. */
  async #getText(key: string): Promise<string | undefined> {
    const { GetObjectCommand, NoSuchKey } = await import('@aws-sdk/client-s3');
    const request = { Bucket: this.#location.bucket, Key: key };
    return this.#call('GetObject', async (client) => {
      try {
        return await (await client.send(new GetObjectCommand(request))).Body?.transformToString();
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    });
  }

  /** @returns the object's ETag */
  async #putObject(key: string, body: Buffer | string): Promise<string> {
    const { PutObjectCommand } = await import('@aws-sdk/client-s3');
    const { ETag } = await this.#call('PutObject', (client) =>
      client.send(new PutObjectCommand({ Bucket: this.#location.bucket, Key: key, Body: body })),
    );
    return withoutQuotes(ETag);
  }

  async #call<T>(action: string, send: (client: S3Client) => Promise<T>): Promise<T> {
    this.#client ??= this.#connect();
    const resource = { kind: 'bucket' as const, name: this.#location.bucket };
    const call = { action, resource, profile: this.#location.profile, endpoint: this.#endpoint() };
    return callAws(await this.#client, call, send);
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
  open({ url, credentials, awsProfile, awsRegion, s3Endpoint }, { say }) {
    const { bucket, prefix } = s3Parts(url)!;
    const from = { profile: awsProfile, region: awsRegion, endpoint: s3Endpoint };
    return new S3CodeStore({ bucket, prefix, credentials, ...from }, say);
  },
};
