import { readFileSync, symlinkSync } from 'node:fs';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { Prefect1Manifest } from '../../nx-prefect/src/engines/prefect1/prefect1-manifest';
import { manifestOf } from './parts/contents';
import {
  PREFECT1_VERSIONS,
  type Prefect1Version,
  type StoredFlow,
  describeWith,
  prefect1Environment,
  runFromS3,
} from './parts/prefect1';
import { PREFECT1_SHAPES, prefect1ShapeFiles } from './parts/prefect1-shapes';
import { S3 } from './parts/s3';
import { Workspace } from './parts/workspace';

const NAMES = Object.keys(PREFECT1_SHAPES);

describeWith(PREFECT1_VERSIONS, `${NAMES.length} shapes of flows before Prefect 3, from S3 with no repository`, () => {
  let s3: S3;
  beforeAll(async () => {
    s3 = await S3.start();
    await s3.createBucket('flows');
  });
  afterAll(() => s3?.stop());

  describe.each(PREFECT1_VERSIONS)('Prefect %s', (version) => {
    let stored: StoredFlow[];
    beforeAll(async () => (stored = await buildAndStore(s3, version)));

    it('run, each in a process of its own', async () => {
      expect(await runFromS3(version, s3, 'apart', stored)).toEqual(
        Object.fromEntries(NAMES.map((name) => [name, ''])),
      );
    });

    it('run one after the other in one process: each sees its own siblings', async () => {
      // Not those whose tasks look at the process that started them.
      const names = NAMES.filter((name) => !name.startsWith('dask'));
      expect(
        await runFromS3(
          version,
          s3,
          'together',
          stored.filter(({ name }) => names.includes(name)),
        ),
      ).toEqual(Object.fromEntries(names.map((name) => [name, ''])));
    });
  });
});

/** Builds all shapes in one run, puts their scripts into S3, and deletes the workspace. */
async function buildAndStore(s3: S3, version: Prefect1Version): Promise<StoredFlow[]> {
  const workspace = await Workspace.create(prefect1ShapeFiles());
  try {
    symlinkSync(prefect1Environment(version), workspace.path('flows/.venv'));
    const { code, output } = await workspace.nx(['run-many', '-t', 'build', '--output-style=static']);
    if (code !== 0) throw new Error(output);
    return await Promise.all(NAMES.map((name) => store(s3, workspace, name)));
  } finally {
    workspace.dispose();
  }
}

async function store(s3: S3, workspace: Workspace, name: string): Promise<StoredFlow> {
  const dist = `dist/flows/shapes/${name}`;
  const { script } = manifestOf<Prefect1Manifest>(workspace, `shapes/${name}`);
  const key = `${script.digest}/flow.py`;
  await s3.client.send(
    new PutObjectCommand({ Bucket: 'flows', Key: key, Body: readFileSync(workspace.path(`${dist}/script/flow.py`)) }),
  );
  return { name, bucket: 'flows', key };
}
