import { existsSync } from 'node:fs';
import { Prefect } from './parts/prefect';
import { ProcessWorker } from './parts/process-worker';
import { S3 } from './parts/s3';
import { DECLARED, SHAPES, shapeFiles } from './parts/shapes';
import { Workspace, expectSuccess, nxJson } from './parts/workspace';

const EXAMPLES = ['dedupe-customers/default', 'late-orders/default', 'load-sales/daily'];
const EXPECTED = [
  ...EXAMPLES,
  ...Object.keys(SHAPES).flatMap((name) =>
    (DECLARED[name] ?? ['default']).map((deployment) => `${name}/${deployment}`),
  ),
].sort();

describe('the example flows and 12 shapes, run by a real process worker in an empty directory', () => {
  let prefect: Prefect;
  let s3: S3;
  beforeAll(async () => {
    s3 = await S3.start();
    prefect = await Prefect.start();
    await prefect.createPool();
    await s3.createBucket('flows');
  });
  afterAll(async () => {
    s3?.stop();
    await prefect?.stop();
  });

  it.each([
    ['a local directory', {}],
    ['S3', { s3Bucket: 'flows', s3Prefix: 'team/code' }],
  ])(
    'complete with their code from %s',
    async (_where, options) => {
      await prefect.reset();
      const workspace = await Workspace.create({ ...shapeFiles(), 'nx.json': nxJson(options) }, { examples: true });
      let worker: ProcessWorker | undefined;
      try {
        const ran = await workspace.nx(['run-many', '-t', 'register'], {
          env: { PREFECT_API_URL: prefect.apiUrl, ...s3.env },
        });
        expectSuccess(ran);
        const deployments = await prefect.deployments();
        expect([...deployments.keys()].sort()).toEqual(EXPECTED);
        // Nothing may come from the checkout: only what was registered is left of it.
        for (const folder of [
          'flows',
          'libs',
          'dist',
          'prefect.yaml',
          ...('s3Bucket' in options ? ['.prefect-code'] : []),
        ])
          workspace.remove(folder);
        expect(existsSync(workspace.path('.prefect-code'))).toBe(!('s3Bucket' in options));

        worker = ProcessWorker.start(prefect, s3.env);
        expect(Object.fromEntries(await worker.runAll(deployments))).toEqual(
          Object.fromEntries(EXPECTED.map((name) => [name, 'COMPLETED'])),
        );
      } finally {
        worker?.stop();
        workspace.dispose();
      }
    },
    400_000,
  );

  it('declare what their prefect.yaml and their code say', async () => {
    const deployments = await prefect.deployments();
    expect(deployments.get('yaml_beside/beside')).toMatchObject({
      schedules: [{ active: false, schedule: { cron: '0 4 * * 1', timezone: 'Europe/Berlin' } }],
      parameters: { day: 'monday' },
    });
    expect(deployments.get('two_deployments/fast')).toMatchObject({
      schedules: [],
      parameters: { mode: 'fast' },
      tags: expect.arrayContaining(['quick']),
    });
    expect(deployments.get('two_deployments/slow')).toMatchObject({
      schedules: [{ active: true, schedule: { cron: '0 3 * * *' } }],
    });
  });

  it('are written to S3 once: what is there is not sent again', async () => {
    const before = await s3.keys('flows');
    expect(before.filter((key) => key.endsWith('.json') && key.split('/').length === 3)).toHaveLength(15);
    expect(before.every((key) => key.startsWith('team/code/'))).toBe(true);
  });
});
