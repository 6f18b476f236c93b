import { existsSync, lstatSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { commandsOf, stepsOf } from './parts/guide';
import { Prefect } from './parts/prefect';
import { nxJson, ROOT, Workspace, cleanEnvironment, run } from './parts/workspace';

const GUIDE = 'docs/getting-started.md';
const PLUGIN = join(ROOT, 'tools', 'nx-prefect');

interface Packed {
  filename: string;
  files: { path: string }[];
}

/** nx-prefect as a registry would hand it out, and a workspace whose owner follows docs/getting-started.md. */
describe('the published package', () => {
  let folder: string;
  let packed: Packed;
  let workspace: Workspace;
  let prefect: Prefect;
  let env: Record<string, string>;
  /** What each command of the guide printed. */
  const outputs = new Map<string, string>();
  /** Commands that the guide no longer has. */
  let unused: string[];

  beforeAll(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'nx-prefect-package-')));
    // Its dist is there already: npm test has built it.
    packed = (
      JSON.parse(await npm(PLUGIN, 'pack', '--ignore-scripts', '--json', `--pack-destination=${folder}`)) as Packed[]
    )[0]!;

    workspace = await Workspace.create();
    // A repository with nothing but Python: the link to this repository's packages goes too, nothing of them may help.
    for (const file of ['node_modules', 'package.json', 'nx.json', '.gitignore']) workspace.remove(file);

    prefect = await Prefect.start();
    env = { NX_DAEMON: 'false', PREFECT_API_URL: prefect.apiUrl, PREFECT_HOME: join(folder, 'prefect') };
    const others = elsewhere(join(folder, packed.filename));
    for (const step of stepsOf(GUIDE)) {
      if ('file' in step) workspace.write({ [step.file]: step.content });
      else outputs.set(step.command, await typed(others.has(step.command) ? others.get(step.command) : step.command));
      if ('command' in step) others.delete(step.command);
    }
    unused = [...others.keys()];
  }, 900_000);
  afterAll(async () => {
    await prefect?.stop();
    workspace?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('holds what its executors and generators name, and nothing of its own tests', () => {
    const files = packed.files.map(({ path }) => path);
    const { executors } = json<{ executors: Record<string, Record<string, string>> }>('executors.json');
    const { generators } = json<{ generators: Record<string, Record<string, string>> }>('generators.json');
    expect(Object.keys(executors)).toEqual(expect.arrayContaining(['docker-deploy', 'flow', 'test']));
    for (const { schema = '', ...entry } of [...Object.values(executors), ...Object.values(generators)]) {
      const code = Object.values(entry).flatMap((value) => /^\.\/[^#]+/.exec(String(value)) ?? []);
      expect(files).toEqual(expect.arrayContaining([schema, ...code].map((path) => posix.normalize(path))));
    }
    const known = [
      /^(package\.json|README\.md|LICENSE|(executors|generators)\.json)$/,
      /^dist\/.+\.(js|d\.ts)$/,
      /^dist\/(executors|generators)\/[\w-]+\/schema\.json$/,
      /^dist\/generators\/\w+\/files\/.+\.template$/,
      /^python\/.+\.py$/,
    ];
    expect(files.filter((path) => !known.some((pattern) => pattern.test(path)))).toEqual([]);
    expect(
      files.filter(
        (path) =>
          /\.(spec|e2e)\.|fixture|__|(^|\/)(test_[^/]*|conftest)\.py$/.test(path) &&
          !/\/__init__\.py$|\.template$/.test(path),
      ),
    ).toEqual([]);
    expect(files.filter((path) => readFileSync(join(PLUGIN, path), 'utf8').includes(ROOT))).toEqual([]);
  });

  it('is a copy of its own, with its own dependencies', () => {
    for (const name of ['nx-prefect', 'nx', '@nx/devkit', 'zod'])
      expect(lstatSync(workspace.path(`node_modules/${name}`)).isSymbolicLink()).toBe(false);
  });

  it('has a guide whose commands lead to a registered flow, word by word', async () => {
    expect(unused).toEqual([]);
    const said = (command: string) => outputs.get(command);
    expect(said('npx nx g nx-prefect:flow sales/daily')).toContain('npx nx run sales-daily:register');
    expect(said('npx nx show projects')).toMatch(/^sales-daily$/m);
    expect(said('npx nx run sales-daily:test')).toContain('3 passed');
    expect(said('npx nx run sales-daily:plan')).toContain('sales-daily/default');

    expect(existsSync(workspace.path('dist/flows/sales/daily/manifest.json'))).toBe(true);
    const { name } = JSON.parse(workspace.read('package.json')) as { name: string };
    expect((await prefect.deployments()).get('sales-daily/default')).toMatchObject({
      work_pool_name: 'my-pool',
      tags: [`nx-prefect:${name}`],
    });
    // Another option in nx.json lets Nx build again; what is on the server is right all the same.
    expect(said('npx nx run-many -t register')).toMatch(
      /nx run sales-daily:register +\[existing outputs match the cache/,
    );
    expect(said('npx nx run sales-daily:run --rows=5')).toContain('5 rows, 15 in all');
    // That one, and the one of the guide's last command but one.
    expect(await prefect.call('POST', '/flow_runs/count', {})).toBe(2);
  });

  it('has a page whose commands are those of the guide', () => {
    const shown = commandsOf('tools/nx-prefect/README.md').filter((command) => !command.includes('<'));
    expect(shown.length).toBeGreaterThan(3);
    expect(shown.filter((command) => !outputs.has(command))).toEqual([]);
  });

  it.each([
    ['build', ['python', 'entrypoint', 'load', 'buildEnv', 'timeLimit']],
    ['register', ['apiUrl', 'workPool', 's3Bucket', 'deploymentName', 'takeOver']],
    ['plan', ['apiUrl', 'workPool']],
    ['test', ['args', 'junit', 'python']],
  ])('%s tells its options with --help', async (target, options) => {
    const output = await nx('run', `sales-daily:${target}`, '--help');
    for (const option of options) expect(output).toMatch(new RegExp(`--${option}\\b`));
    expect(output).not.toContain('undefined');
  });

  it('the generator tells its options with --help', async () => {
    expect(await nx('g', 'nx-prefect:flow', '--help')).toContain('project_3/flow9');
  });

  it.each(['22', '23'])('registers with Nx %s, and hits when nothing changed', async (major) => {
    const other = await Workspace.create({
      'flows/p/a/flow.py': `from prefect import flow\n\n\n@flow(name="nx-${major}")\ndef main():\n    pass\n`,
      'nx.json': nxJson({ workPool: 'my-pool' }),
    });
    try {
      other.remove('node_modules');
      const packages = [`nx@${major}`, `@nx/devkit@${major}`, join(folder, packed.filename)];
      await npm(other.root, 'install', '--prefer-offline', '--no-audit', '--no-fund', '--save-dev', ...packages);
      const register = async () => {
        const args = [other.path('node_modules/nx/dist/bin/nx.js'), 'run-many', '-t', 'register'];
        const ran = await run(process.execPath, args, { cwd: other.root, env: { ...cleanEnvironment(), ...env } });
        return ran.output;
      };
      // Nx 22 may lose the end of what a batch prints, the table and its counts. The task's own line stays.
      expect(await register()).toMatch(new RegExp(`nx-${major}/default: created|created +nx-${major}/default`));
      expect(await register()).toMatch(/nx run p-a:register +\[existing outputs match the cache/);
      expect((await prefect.deployments()).has(`nx-${major}/default`)).toBe(true);
    } finally {
      other.dispose();
    }
  });

  const nx = async (...args: string[]) => {
    const { code, output } = await workspace.nx(args, { env });
    if (code !== 0) throw new Error(output);
    return output;
  };
  /** In a reader's shell; undefined = done already. */
  const typed = async (command: string | undefined) => {
    if (command === undefined) return '';
    const ran = await run('sh', ['-c', command], { cwd: workspace.root, env: { ...cleanEnvironment(), ...env } });
    if (ran.code !== 0) throw new Error(`${command} ended with ${ran.code}:\n${ran.output}`);
    return stripVTControlCharacters(ran.output);
  };
  const json = <T>(file: string) => JSON.parse(readFileSync(join(PLUGIN, file), 'utf8')) as T;
});

/** Commands of the guide that the test gives another form, or has done already: undefined. */
function elsewhere(tarball: string): Map<string, string | undefined> {
  return new Map([
    // Of a registry that has no nx-prefect yet: the tarball takes its place, twice.
    [
      'npx nx-prefect init',
      `npm_config_prefer_offline=true npx --yes --package='${tarball}' nx-prefect init --package='${tarball}'`,
    ],
    // This repository's environment, which has the same packages, is linked.
    ['python3 -m venv .venv', undefined],
    [".venv/bin/pip install 'prefect>=3' pytest", undefined],
    // The test's own server, on a port of its own.
    ['.venv/bin/prefect server start', undefined],
    ['export PREFECT_API_URL=http://127.0.0.1:4200/api', undefined],
    // It runs until somebody stops it: start.e2e.ts runs one.
    ['.venv/bin/prefect worker start --pool my-pool', undefined],
  ]);
}

async function npm(cwd: string, ...args: string[]): Promise<string> {
  const { code, output } = await run('npm', [...args, '--loglevel=error'], { cwd, env: process.env });
  if (code !== 0) throw new Error(`npm ${args.join(' ')} ended with ${code}:\n${output}`);
  return output;
}
