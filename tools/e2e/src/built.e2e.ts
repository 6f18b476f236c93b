import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { flowFiles } from './parts/flows';
import { notePython } from './parts/noted-python';
import { Prefect } from './parts/prefect';
import { S3 } from './parts/s3';
import { type Ran, ROOT, Workspace, expectSuccess, nxJson } from './parts/workspace';

const BUCKET = 'builds';
const FLOWS = ['p/sales', 'p/stock', 'q/people'];
const REGISTERS = FLOWS.map((flow) => `${flow.replace('/', '-')}:register`);

/** A flow that any machine has built is not built again. */
describe('what one machine has built', () => {
  let prefect: Prefect;
  let s3: S3;
  let first: Workspace;
  const clones: Workspace[] = [];
  beforeAll(async () => {
    [prefect, s3] = await Promise.all([Prefect.start(), S3.start()]);
    await prefect.createPool();
    await s3.createBucket(BUCKET);
    first = await Workspace.create({
      'nx.json': nxJson({ s3Bucket: BUCKET, s3Prefix: 'team' }),
      'requirements.txt': readFileSync(join(ROOT, 'requirements.txt'), 'utf8'),
      'libs/shared/__init__.py': 'RATE = 1\n',
      ...flowFiles('p/sales', { name: 'sales', imports: 'import shared' }),
      ...flowFiles('p/stock', { name: 'stock' }),
      ...flowFiles('q/people', { name: 'people' }),
    });
  });
  afterAll(async () => {
    for (const workspace of [first, ...clones]) workspace?.dispose();
    s3?.stop();
    await prefect?.stop();
  });

  const register = async (workspace: Workspace): Promise<Ran> => {
    const ran = await workspace.nx(['run-many', '-t', 'register'], {
      env: { ...s3.env, PREFECT_API_URL: prefect.apiUrl },
    });
    expectSuccess(ran);
    return ran;
  };
  const updated = async () =>
    Object.fromEntries([...(await prefect.deployments())].map(([title, { updated: at }]) => [title, at]));
  /** A machine that has nothing but the source. */
  const machine = async () => {
    const workspace = await first.clone();
    clones.push(workspace);
    return { workspace, python: notePython(workspace) };
  };
  const builds = async () => {
    const { Contents = [] } = await s3.client.send(
      new ListObjectsV2Command({ Bucket: BUCKET, Prefix: 'team/builds/' }),
    );
    return Contents.map(({ Key = '' }) => Key);
  };
  const allHits = Object.fromEntries(REGISTERS.map((task) => [task, 'hit']));

  it('another one takes: empty caches, another path, no Python, all hits, nothing written', async () => {
    expect(Object.values(Object.fromEntries((await register(first)).tasks))).toEqual(['done', 'done', 'done']);
    expect(await builds()).toHaveLength(FLOWS.length);
    const before = await updated();

    const { workspace, python } = await machine();
    expect(Object.fromEntries((await register(workspace)).tasks)).toEqual(allHits);
    expect(python.starts()).toBe(0);
    expect(await updated()).toEqual(before);

    // An edit is built, and the rest is not; then the first machine takes that.
    workspace.edit('flows/p/sales/utils.py', (text) => `${text}# edited\n`);
    await workspace.commit('edit');
    expect(Object.fromEntries((await register(workspace)).tasks)).toEqual({ ...allHits, 'p-sales:register': 'done' });
    expect(python.starts()).toBe(2);
    const edited = await updated();
    await first.git('pull', '--quiet', workspace.root, 'main');
    const noted = notePython(first);
    expect(Object.fromEntries((await register(first)).tasks)).toEqual(allHits);
    expect(noted.starts()).toBe(0);
    expect(await updated()).toEqual(edited);
  });

  it('is built anew where it was damaged or forged in the store', async () => {
    const before = await updated();
    const [one = '', other = ''] = await builds();
    const put = (Key: string, Body: string) => s3.client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));
    const of = await s3.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: one }));
    const text = (await of.Body?.transformToString()) ?? '';
    // Each holds what was another flow's, or half of what it was.
    for (const key of await builds()) await put(key, key === other ? text.slice(0, text.length / 2) : text);
    await put(one, '{}');
    const { workspace, python } = await machine();
    expect(Object.fromEntries((await register(workspace)).tasks)).toEqual(allHits);
    expect(python.starts()).toBe(2);
    expect(await updated()).toEqual(before);
  });

  it('belongs to nobody else if it opened what does not ship; that is said, and an edit of it counts', async () => {
    const { workspace, python } = await machine();
    const outside = workspace.path('.venv/rates.csv');
    writeFileSync(outside, '1\n');
    workspace.write({ 'flows/q/people/utils.py': `VALUE = open("${outside}").read().strip()\n` });
    const shared = await builds();
    const { output } = await register(workspace);
    expect(output).toContain(`Each machine builds this flow for itself: flows/q/people/utils.py:1 opens ${outside}.`);
    expect(await builds()).toEqual(shared);
    python.starts();
    expect(Object.fromEntries((await register(workspace)).tasks)).toEqual(allHits);
    expect(python.starts()).toBe(0);
    writeFileSync(outside, '2\n');
    await register(workspace);
    expect(python.starts()).toBe(2);
  });
});
