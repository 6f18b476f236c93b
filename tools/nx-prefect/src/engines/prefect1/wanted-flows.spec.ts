import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '../../core/canonical';
import { schema } from '../../options/register-options';
import { withImage } from '../../images/image-of-project';
import type { StorePlace } from '../../stores/code-store';
import { storeOpener } from '../../stores/stores';
import type { WantContext } from '../engine';
import type { Prefect1Manifest, Prefect1Registration } from './prefect1-manifest';
import { wantedFlows } from './wanted-flows';

const SCRIPT = "SETTINGS = '{}'\nprint(1)\n";

describe('wantedFlows', () => {
  let output: string;
  let places: StorePlace[];
  beforeEach(() => {
    output = mkdtempSync(join(tmpdir(), 'nx-prefect-spec-'));
    places = [];
    mkdirSync(join(output, 'script'));
    writeFileSync(join(output, 'script/flow.py'), SCRIPT);
  });
  afterEach(() => rmSync(output, { recursive: true }));

  const registration = (
    more: Partial<Prefect1Registration> = {},
    storage: Record<string, unknown> | null = null,
  ): Prefect1Registration => ({
    flowName: 'load',
    entrypoint: 'flows/p/f/flow.py:flow',
    declaredIn: 'flows/p/f/flow.py',
    serializedFlow: {
      name: 'load',
      __version__: '0.15.13',
      schedule: null,
      environment: null,
      run_config: null,
      storage,
    },
    storage: storage ? 'build' : 'default',
    storageLabels: [],
    digest: sha256('registration'),
    ...more,
  });
  const manifest = (one: Prefect1Registration, digest = 'a'): Prefect1Manifest =>
    ({
      engine: 'prefect1',
      flow: 'p-f',
      options: { load: 'import', buildEnv: [], ship: 'script' },
      registrations: [one],
      script: { digest, files: { 'flow.py': sha256(SCRIPT) } },
    }) as unknown as Prefect1Manifest;
  const only = (one: Prefect1Registration, given: object = {}, digest?: string) => {
    const context: WantContext = {
      workspaceRoot: '/w',
      flow: 'p-f',
      project: 'p',
      output,
      shipped: [],
      options: withImage(schema.parse(given), new Map()),
      typed: {},
      workspaceId: 'team',
      commit: '',
      env: {},
      storeFor: (place) => {
        places.push(place);
        return storeOpener('/w')(place);
      },
      interpreter: () => 'python3',
    };
    return wantedFlows(manifest(one, digest), context)[0]!;
  };

  it('gives a flow without a storage the bucket, and a key that says what is in the object', async () => {
    const wanted = only(registration(), { s3Bucket: 'team', labels: 'b,a' });
    const { storage, run_config } = wanted.serialized;
    const key = `prefect-flows/${wanted.code?.code.digest}/flow.py`;
    expect(storage).toMatchObject({ type: 'S3', bucket: 'team', key, flows: { load: key }, stored_as_script: true });
    expect(run_config).toMatchObject({ type: 'ECSRun', labels: ['a', 'b'] });
    expect(wanted.identity).toEqual(['p', 'load']);
    // The results of a flow without some go to the storage's bucket, so the script says so, and the key with it.
    expect((await wanted.code?.code.read('flow.py'))?.toString()).toContain('resultBucket');
    const digests = [
      only(registration(), { s3Bucket: 'team' }),
      only(registration(), { s3Bucket: 'other' }),
      only(registration(), { s3Bucket: 'team' }, 'b'),
    ].map(({ code }) => code?.code.digest);
    expect(new Set([...digests, wanted.code?.code.digest]).size).toBe(3);
  });

  it("keeps it on this machine without a bucket, for this machine's agent", () => {
    const { serialized, code } = only(registration({ storageLabels: [] }), { labels: ['team'] });
    const folder = `/w/.prefect-code/${code?.code.digest}`;
    expect(serialized.storage).toMatchObject({ type: 'Local', path: `${folder}/flow.py`, directory: folder });
    expect(serialized.run_config).toMatchObject({ type: 'UniversalRun', labels: [hostname(), 'team'].sort() });
  });

  it.each<[string, string, object]>([
    ['UniversalRun', 'Local', {}],
    ['UniversalRun', 'Local', { s3Bucket: 'team', image: 'team/flows:1' }],
    ['UniversalRun', 'GitHub', { labels: ['a'] }],
    ['ECSRun', 'GitHub', { s3Bucket: 'team' }],
    ['ECSRun', 'Docker', { image: 'team/flows:1' }],
  ])('gives a %s to a flow without a run config whose own storage is %s, with %j', (run, type, options) => {
    const { serialized } = only(registration({ storage: 'build' }, { type, flows: {} }), options);
    expect(serialized.run_config).toMatchObject({ type: run });
  });

  it("puts the script into the flow's own bucket when it leaves the key open", () => {
    const own = {
      type: 'S3',
      bucket: 'mine',
      key: null,
      flows: {},
      secrets: ['AWS'],
      stored_as_script: false,
      client_options: { region_name: 'eu-west-1', endpoint_url: 'http://minio' },
    };
    const { serialized, code, build } = only(registration({ storageLabels: ['bucket'] }, own), {
      s3Bucket: 'team',
      awsRegion: 'us-east-1',
    });
    expect(places).toEqual([
      expect.objectContaining({ url: 's3://mine/prefect-flows', awsRegion: 'eu-west-1', s3Endpoint: 'http://minio' }),
    ]);
    const key = `prefect-flows/${code?.code.digest}/flow.py`;
    expect(serialized.storage).toEqual({ ...own, key, flows: { load: key }, stored_as_script: true });
    expect(serialized.run_config).toMatchObject({ labels: ['bucket'] });
    expect(build).toBeUndefined();
  });

  it('uploads nothing for a storage that is ready, and lets the library build the others', () => {
    const git = { type: 'GitHub', repo: 'team/flows', path: 'flow.py', flows: { load: 'flow.py' } };
    expect(only(registration({ storage: 'ready' }, git))).not.toHaveProperty('code');
    expect(only(registration({ storage: 'ready' }, git)).serialized.storage).toEqual(git);
    for (const type of ['GCS', 'Azure', 'Docker', 'Webhook', 'Local', 'S3']) {
      const wanted = only(registration({}, { type, key: 'mine', flows: {} }), { s3Bucket: 'team' });
      expect([type, typeof wanted.build, wanted.code]).toEqual([type, 'function', undefined]);
    }
  });

  it('gives an environment names of its own, in the storage and in the script too; new schedules are off', async () => {
    const [plain, staging] = [only(registration()), only(registration(), { environment: 'staging' })];
    expect(staging.identity).toEqual(['p', 'load-staging']);
    expect(staging.serialized['name']).toBe('load-staging');
    expect(Object.keys(staging.serialized.storage?.['flows'] as object)).toEqual(['load-staging']);
    expect((await staging.code?.code.read('flow.py'))?.toString()).toContain('-staging');
    expect([plain.startSchedule, staging.startSchedule]).toEqual([true, false]);
    expect(only(registration(), { environment: 'staging', schedule: true }).startSchedule).toBe(true);
  });

  it.each(['ready', 'build'] as const)('refuses an environment where the storage is %s', (storage) => {
    const git = { type: 'GitHub', repo: 'team/flows', path: 'flow.py', flows: { load: 'flow.py' } };
    expect(() => only(registration({ storage }, git), { environment: 'staging' })).toThrow(/GitHub/);
  });

  it('makes a version when code changed of which the storage says nothing, and none of a ready storage', () => {
    const docker = { type: 'Docker', registry_url: 'r', flows: {} };
    const digest = (one: Prefect1Registration) => only(one).digest;
    expect(digest(registration({ digest: sha256('edited') }, docker))).not.toBe(digest(registration({}, docker)));
    const git = { type: 'GitHub', repo: 'team/flows', path: 'flow.py', flows: { load: 'flow.py' } };
    expect(digest(registration({ storage: 'ready', digest: sha256('edited') }, git))).toBe(
      digest(registration({ storage: 'ready' }, git)),
    );
  });
});
