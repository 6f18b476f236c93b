import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Prefect1Manifest, Prefect1Registration } from './prefect1-manifest';
import { type ScriptSettings, withSettings } from './script';
import { canonicalJson, sha256 } from '../../core/canonical';
import { FlowError } from '../../core/errors';
import { nameIn, startsSchedules } from '../../options/environment';
import { s3Parts } from '../../options/place-types';
import type { RegisterOptions } from '../../options/register-options';
import type { SerializedFlow } from './loaded-prefect1';
import { type BuiltStorage, buildStorages } from './build-storages';
import { codeIn } from '../../stores/code-files';
import type { CodeStore, PlacedCode, StorePlace } from '../../stores/code-store';
import { placeOf, s3Url } from '../../stores/stores';
import type { WantContext, Wanted } from '../engine';
import type { KeyMark } from './idempotency-key';
import { type SerializedObject, ecsRun, universalRun } from './library';
import { type RunOptions, withRunConfig } from './run-config';

/** A flow to register, as {@link wantedFlows} makes it for a server of Prefect 0.15 - 1.x. */
export interface WantedFlow extends Wanted {
  /** What the server should hold; with `build`, its storage is not built. */
  serialized: SerializedFlow;
  /** For a storage that builds itself, which makes another one each time: asked only when a version is due. */
  build?: () => Promise<SerializedFlow>;
  /** SHA-256 of what makes a version: `serialized`, and what ships where that says nothing of it. */
  digest: string;
  /** Values for the marks in `serialized`, which the digest does not depend on; absent = there are none. */
  clock?: unknown[];
  /** Whether the Prefect project is made where it is absent. */
  createProject: boolean;
  /** Whether a schedule that the server does not hold yet starts. */
  startSchedule: boolean;
  workspaceId: string;
  /** What the key says of where it comes from. */
  mark: KeyMark;
}

/** The flows of one build. Identity: (Prefect project, flow name). */
export function wantedFlows(manifest: Prefect1Manifest, context: WantContext): WantedFlow[] {
  const { flow, options, typed, workspaceId, commit } = context;
  const place = placeOf(flow, options);
  const run = { labels: options.labels, image: options.image, env: options.env, typed };
  const storages = builtOnce(manifest, context);
  return manifest.registrations.map((registration) => ({
    flow,
    identity: [options.prefectProject ?? context.project, nameIn(options.environment, registration.flowName)] as const,
    declaredIn: registration.declaredIn,
    takeOver: options.takeOver,
    createProject: options.createProject,
    startSchedule: startsSchedules(options),
    mark: { env: options.environment ?? '', file: registration.declaredIn, commit },
    workspaceId,
    ...(manifest.clock && { clock: manifest.clock }),
    ...contentOf(registration, manifest, { context, place, run, storages }),
  }));
}

type Content = Pick<WantedFlow, 'serialized' | 'digest' | 'build' | 'code'>;

interface Settling {
  context: WantContext;
  /** Where the code of a flow without a storage lies. */
  place: StorePlace;
  run: RunOptions;
  storages: () => Promise<Record<string, BuiltStorage>>;
}

/** The library builds the storages of a file together: two flows may share one. */
function builtOnce(
  { registrations }: Prefect1Manifest,
  { flow, output, interpreter, env, options: { awsProfile, awsRegion } }: WantContext,
): Settling['storages'] {
  const flows = registrations
    .filter((registration) => !isPlaced(registration) && registration.storage === 'build')
    .map(({ flowName }) => flowName);
  const forBoto = {
    ...env,
    ...(awsProfile ? { AWS_PROFILE: awsProfile } : {}),
    ...(awsRegion ? { AWS_DEFAULT_REGION: awsRegion } : {}),
  };
  let built: Promise<Record<string, BuiltStorage>> | undefined;
  return () =>
    (built ??= buildStorages(interpreter(), { flow, script: join(output, 'script', 'flow.py'), flows }, forBoto));
}

function contentOf(
  registration: Prefect1Registration,
  manifest: Prefect1Manifest,
  { context, place, run, storages }: Settling,
): Content {
  const { storageLabels } = registration;
  const serializedFlow = namedFlow(registration, context);
  const placed = placedCode(registration, manifest, context, place);
  const storage = placed?.storage ?? serializedFlow.storage;
  // What lies on this machine only this machine's agent has, and it goes by the host's name.
  const labels = placed?.isLocal ? [...storageLabels, hostname()] : storageLabels;
  const settled = (flow: SerializedFlow, ofStorage: string[]) =>
    withRunConfig(flow, runConfigByDefault(flow, s3Parts(place.url)?.bucket, context.options.image), ofStorage, run);
  const serialized = settled({ ...serializedFlow, storage }, labels);
  if (placed) return { serialized, digest: sha256(canonicalJson(serialized)), code: placed.code };
  if (registration.storage === 'ready') return { serialized, digest: sha256(canonicalJson(serialized)) };
  const build = async () => {
    const built = (await storages())[registration.flowName];
    if (!built) throw new Error(`The storage of ${registration.flowName} was not built.`);
    return settled({ ...serializedFlow, storage: built.storage }, built.labels);
  };
  return { serialized, digest: sha256(canonicalJson([serialized, registration.digest])), build };
}

/** Under the name that it has in its environment. @throws FlowError `environment-storage` where storage can't follow */
function namedFlow(
  registration: Prefect1Registration,
  { flow, options: { environment } }: WantContext,
): SerializedFlow {
  const { serializedFlow, declaredIn } = registration;
  if (environment === undefined || isPlaced(registration))
    return { ...serializedFlow, name: nameIn(environment, serializedFlow.name) };
  throw new FlowError({
    code: 'environment-storage',
    flow,
    file: declaredIn,
    what:
      `The flow ${serializedFlow.name} sets a storage of its own (${String(serializedFlow.storage?.['type'])}), ` +
      `which finds it by its name in source: there is no ${nameIn(environment, serializedFlow.name)} in it.`,
    next: 'Set no storage, or S3(bucket) without a key; or use the option "prefectProject" instead of "environment".',
  });
}

/**
 * For a flow that sets none: `ECSRun` where options name a bucket or an image, else what `prefect register` gives.
 * Local storage is never for a container, which has no file of this machine.
 */
function runConfigByDefault(
  { __version__, storage }: SerializedFlow,
  bucket: string | undefined,
  image: string | undefined,
): SerializedObject {
  const isForContainers = storage?.['type'] !== 'Local' && (bucket ?? image) !== undefined;
  return (isForContainers ? ecsRun : universalRun)(String(__version__));
}

interface Placed {
  code: PlacedCode;
  storage: SerializedObject;
  isLocal: boolean;
}

/**
 * Whether the script goes to a place under its digest: for a flow without a storage, and for an `S3(bucket)` that
 * leaves the key to the library.
 */
function isPlaced({ storage, serializedFlow: { storage: own } }: Prefect1Registration): boolean {
  return storage === 'default' || (own?.['type'] === 'S3' && !own['key']);
}

function placedCode(
  registration: Prefect1Registration,
  { script, options }: Prefect1Manifest,
  context: WantContext,
  defaultPlace: StorePlace,
): Placed | undefined {
  if (!isPlaced(registration)) return undefined;
  const { flowName, serializedFlow, storage } = registration;
  const { environment } = context.options;
  const own = serializedFlow.storage ?? {};
  const stored = { name: nameIn(environment, flowName), prefect: String(serializedFlow['__version__']) };
  const named = environment === undefined ? {} : { nameSuffix: nameIn(environment, '') };
  const place = (store: CodeStore, more: ScriptSettings) => {
    const settings = { ...more, ...named };
    const digest = sha256(canonicalJson([script.digest, settings]));
    const built = codeIn(join(context.output, 'script'), script);
    const read = async (path: string) => Buffer.from(withSettings((await built.read(path)).toString('utf8'), settings));
    return {
      code: { code: { digest, files: script.files, read, varies: options.ship === 'pickle' }, store },
      storage: store.storage(digest, 'flow.py', stored),
      isLocal: store.isLocal,
    };
  };
  if (storage === 'default') {
    const { bucket } = s3Parts(defaultPlace.url) ?? {};
    return place(context.storeFor(defaultPlace), bucket === undefined ? {} : { resultBucket: bucket });
  }
  // Its own settings stay, under the key that the store gives.
  const placed = place(context.storeFor(ownBucket(own, context.options)), {});
  const { key, flows, stored_as_script } = placed.storage;
  return { ...placed, storage: { ...own, key, flows, stored_as_script } };
}

/** Where a flow's own S3 storage lies; its `client_options` are those of a boto3 client. */
function ownBucket(storage: SerializedObject, { s3Prefix, awsProfile, awsRegion }: RegisterOptions): StorePlace {
  const { region_name, endpoint_url } = (storage['client_options'] ?? {}) as {
    region_name?: string;
    endpoint_url?: string;
  };
  return {
    url: s3Url(storage['bucket'] as string, s3Prefix),
    awsProfile,
    awsRegion: region_name ?? awsRegion,
    s3Endpoint: endpoint_url,
  };
}
