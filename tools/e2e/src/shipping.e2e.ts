import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { listed, manifestOf } from './parts/contents';
import { flowFiles } from './parts/flows';
import { Prefect } from './parts/prefect';
import { ProcessWorker } from './parts/process-worker';
import { S3 } from './parts/s3';
import { nxJson, run, Workspace, expectSuccess } from './parts/workspace';

const BUCKET = 'team-flows';
const FORCED = 'flows/p/forced/settings.env.local';
const FOUR = 'shared/folder/deep/four.csv';
const PLANTED = 'plantedOutsideOfTheWorkspace0123456789';

function link(workspace: Workspace, at: string, target: string): void {
  mkdirSync(dirname(workspace.path(at)), { recursive: true });
  symlinkSync(target, workspace.path(at));
}

describe('what ships', () => {
  let workspace: Workspace;
  let outside: string;
  beforeAll(async () => {
    outside = mkdtempSync(join(tmpdir(), 'nx-prefect-outside-'));
    writeFileSync(join(outside, 'credentials'), PLANTED);
    workspace = await Workspace.create({
      ...flowFiles('p/plain', { name: 'plain' }),
      ...flowFiles('p/linked', { name: 'linked', imports: 'import alerts' }),
      ...flowFiles('p/forced', { name: 'forced' }),
      'libs/alerts/__init__.py': '',
      'shared/one.csv': '1\n',
      'shared/two.csv': '2\n',
      'shared/folder/deep/three.csv': '3\n',
      [FORCED]: '',
      'flows/p/forced/.gitignore': '*.local\n',
    });
    await workspace.git('add', '--force', FORCED);
    link(workspace, 'flows/p/linked/one.csv', '../../../shared/one.csv');
    link(workspace, 'flows/p/linked/folder', '../../../shared/folder');
    link(workspace, 'libs/alerts/two.csv', '../../shared/two.csv');
    await workspace.commit('links');
  });
  afterAll(() => {
    workspace?.dispose();
    rmSync(outside, { recursive: true, force: true });
  });

  const build = async () => (await workspace.nx(['run-many', '-t', 'build'])).tasks;
  const shipped = (flow: string) => Object.keys(manifestOf(workspace, flow).code.files);

  it('is what git tracks, and what links lead to, at the place of the link', async () => {
    const tasks = await build();
    expect([...tasks.values()]).toEqual(['done', 'done', 'done']);
    expect(shipped('p/linked')).toEqual(
      expect.arrayContaining([
        'flows/p/linked/one.csv',
        'flows/p/linked/folder/deep/three.csv',
        'alerts/two.csv',
        'libs/alerts/two.csv',
      ]),
    );
    expect(shipped('p/forced')).toContain(FORCED);
  });

  it('counts: an edit of what a link leads to, or of a file forced into git, is no hit', async () => {
    expect([...(await build()).values()]).toEqual(['hit', 'hit', 'hit']);
    const edits = [['shared/one.csv'], ['shared/two.csv', FORCED], ['shared/folder/deep/three.csv', FOUR]];
    for (const files of edits) {
      for (const file of files) workspace.write({ [file]: 'edited\n' });
      const built = [...(await build())].flatMap(([task, state]) => (state === 'hit' ? [] : [task])).sort();
      const due = files.includes(FORCED) ? ['p-forced:build', 'p-linked:build'] : ['p-linked:build'];
      expect([files, built]).toEqual([files, due]);
    }
    expect(shipped('p/linked')).toContain('flows/p/linked/folder/deep/four.csv');
    await workspace.commit('edits');
    workspace.write({ 'shared/folder/deep/three.csv': '33\n' });
    await workspace.commit('edit');
    const { output } = await workspace.nx(['show', 'projects', '--affected', '--base=HEAD~1', '--head=HEAD', '--json']);
    expect(JSON.parse(output.slice(output.indexOf('[')))).toContain('p-linked');
  });

  it('is nothing from outside, and no secret: the flow fails by name, and no other', async () => {
    const bad: Record<string, [file: string, code: string]> = {
      away: ['creds.txt', 'link-outside'],
      parent: ['folder', 'link-outside'],
      broken: ['gone.csv', 'link-broken'],
      loop: ['loop', 'link-ignored'],
      ignored: ['x.csv', 'link-ignored'],
      netrc: ['.netrc', 'secret-file'],
      key: ['id_rsa', 'secret-file'],
    };
    for (const name of Object.keys(bad)) workspace.write(flowFiles(`p/${name}`, { name }));
    link(workspace, 'flows/p/away/creds.txt', join(outside, 'credentials'));
    link(workspace, 'flows/p/parent/folder', outside);
    link(workspace, 'flows/p/broken/gone.csv', 'nowhere');
    link(workspace, 'flows/p/loop/loop', '..');
    link(workspace, 'flows/p/ignored/x.csv', '../../../.env.team');
    workspace.write({
      '.env.team': PLANTED,
      'flows/p/netrc/.netrc': `password ${PLANTED}\n`,
      'flows/p/key/id_rsa': PLANTED,
    });
    await workspace.commit('bad');
    const { tasks, output } = await workspace.nx(['run-many', '-t', 'build']);
    for (const [name, [file, code]] of Object.entries(bad)) {
      expect([name, tasks.get(`p-${name}:build`)]).toEqual([name, 'failed']);
      expect(output).toMatch(new RegExp(`p-${name} flows/p/${name}/${file}: .*\\[${code}\\]`));
    }
    expect(['plain', 'linked', 'forced'].map((name) => tasks.get(`p-${name}:build`))).toEqual(['hit', 'done', 'hit']);
    expect(output).not.toContain(PLANTED);
    const found = await run('grep', ['-rl', PLANTED, 'dist', '.nx'], { cwd: workspace.root, env: process.env });
    expect(found.output.replace(/grep: .*\n/g, '')).toBe('');

    workspace.write({ 'nx.json': nxJson({}, { build: { allowSecretFiles: ['flows/p/netrc/.netrc'] } }) });
    const allowed = await workspace.nx(['run-many', '-t', 'build', '--projects=p-netrc,p-key']);
    expect([...allowed.tasks.values()].sort()).toEqual(['done', 'failed']);
    expect(shipped('p/netrc')).toContain('flows/p/netrc/.netrc');
  });
});

describe('code that a registration points to', () => {
  let prefect: Prefect;
  let s3: S3;
  let workspace: Workspace;
  let env: Record<string, string>;
  beforeAll(async () => {
    [prefect, s3] = await Promise.all([Prefect.start(), S3.start()]);
    await prefect.createPool();
    await s3.createBucket(BUCKET);
    env = { PREFECT_API_URL: prefect.apiUrl, ...s3.env };
  });
  afterAll(async () => {
    s3?.stop();
    await prefect?.stop();
  });
  beforeEach(async () => {
    await prefect.reset();
    workspace = await Workspace.create(flowFiles('p/sales', { name: 'sales' }));
  });
  afterEach(() => workspace?.dispose());

  const register = (...args: string[]) => workspace.nx(['run', 'p-sales:register', ...args], { env });
  const hit = expect.objectContaining({
    tasks: new Map(['build', 'register'].map((one) => [`p-sales:${one}`, 'hit'])),
  });

  it('is healed in the bucket, file by file, whatever happened to it there', async () => {
    const options = [`--s3Bucket=${BUCKET}`];
    expect(await register(...options)).toMatchObject({ code: 0 });
    const key = (await s3.keys(BUCKET)).find((one) => one.endsWith('tasks.py'))!;
    const body = async () =>
      (await s3.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }))).Body!.transformToString();
    const right = await body();
    const put = (Body: string) => s3.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body }));
    for (const damage of [
      () => s3.client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key })),
      () => put(right.replace('VALUE', 'value')),
    ]) {
      await damage();
      const { output } = await workspace.nx(['run', 'p-sales:plan', ...options], { env });
      expect(output).toContain('sales/default: update (code)');
      expect((await register(...options)).output).toContain('updated (code)');
      expect(await body()).toBe(right);
    }
    expect(await register(...options)).toEqual(hit);
  });

  it('is healed in the checkout, and a run neither changes it nor is in the way', async () => {
    workspace.edit('flows/p/sales/flow.py', (text) =>
      text.replace('    return work()', '    open("left-by-the-run.csv", "w").close()\n    return work()'),
    );
    expect(await register()).toMatchObject({ code: 0 });
    const worker = ProcessWorker.start(prefect);
    try {
      const deployments = await prefect.deployments();
      expect([...(await worker.runAll(deployments))]).toEqual([['sales/default', 'COMPLETED']]);
      expect(listed(workspace.root, '.prefect-code')).toContainEqual(expect.stringContaining('left-by-the-run.csv'));
      expect(await register()).toEqual(hit);
      const stored = listed(workspace.root, '.prefect-code').filter((one) => one.endsWith('flow.py'));
      for (const file of stored) workspace.remove(file);
      for (const file of stored) workspace.write({ [file]: '' });
      expect((await workspace.nx(['run', 'p-sales:plan'], { env })).output).toContain('sales/default: update (code)');
      expect((await register()).output).toContain('updated (code)');
      expect([...(await worker.runAll(deployments))]).toEqual([['sales/default', 'COMPLETED']]);
      expect(await register()).toEqual(hit);
    } finally {
      worker.stop();
    }
  });

  it('lies in one checkout: another one that registers the flow says so', async () => {
    expect(await register()).toMatchObject({ code: 0 });
    const other = await workspace.clone();
    try {
      const { code, output } = await other.nx(['run', 'p-sales:register'], { env });
      expectSuccess({ code, output });
      expect(output).toContain(`sales/default is served from another checkout, ${workspace.path('.prefect-code')}`);
      expect((await register()).output).toContain(`from another checkout, ${other.path('.prefect-code')}`);
    } finally {
      other.dispose();
    }
  });

  it('is named by digests that are digests: a build that says otherwise is made again', async () => {
    await register();
    const file = 'dist/flows/p/sales/manifest.json';
    const { code } = manifestOf(workspace, 'p/sales');
    workspace.edit(file, (text) => text.replaceAll(code.digest, '../../x'));
    expectSuccess(await workspace.nx(['run', 'p-sales:plan'], { env }));
    expect(manifestOf(workspace, 'p/sales').code.digest).toBe(code.digest);
  });
});
