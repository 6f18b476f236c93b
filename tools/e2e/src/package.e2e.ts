import { existsSync, lstatSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { Prefect } from './parts/prefect';
import { ROOT, Workspace, run } from './parts/workspace';

const PLUGIN = join(ROOT, 'tools', 'nx-prefect');

interface Packed {
  filename: string;
  files: { path: string }[];
}

/** nx-prefect as a registry would hand it out, and a workspace that installed it with npm and names it in nx.json. */
describe('the published package', () => {
  let folder: string;
  let packed: Packed;
  let workspace: Workspace;
  let prefect: Prefect;
  let env: Record<string, string>;

  beforeAll(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'nx-prefect-package-')));
    // Its dist is there already: npm test has built it.
    packed = (
      JSON.parse(await npm(PLUGIN, 'pack', '--ignore-scripts', '--json', `--pack-destination=${folder}`)) as Packed[]
    )[0]!;

    const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      devDependencies: Record<string, string>;
    };
    workspace = await Workspace.create({
      'package.json': JSON.stringify({
        name: 'empty-team',
        private: true,
        devDependencies: { nx: devDependencies['nx'] },
      }),
      'nx.json': JSON.stringify({ analytics: false, neverConnectToCloud: true, plugins: ['nx-prefect'] }),
    });
    // The link to this repository's packages goes: nothing of them may help.
    workspace.remove('node_modules');
    await npm(
      workspace.root,
      'install',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      '--save-dev',
      join(folder, packed.filename),
    );

    prefect = await Prefect.start();
    await prefect.createPool();
    env = { PREFECT_API_URL: prefect.apiUrl };
  });
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
          /\.(spec|e2e)\.|fixture|__|(^|\/)(test_[^/]*|conftest)\.py$/.test(path) && !path.endsWith('/__init__.py'),
      ),
    ).toEqual([]);
    expect(files.filter((path) => readFileSync(join(PLUGIN, path), 'utf8').includes(ROOT))).toEqual([]);
  });

  it('is a copy of its own, with its own dependencies', () => {
    for (const name of ['nx-prefect', 'nx', '@nx/devkit', 'zod'])
      expect(lstatSync(workspace.path(`node_modules/${name}`)).isSymbolicLink()).toBe(false);
  });

  it('generates a flow that tests, builds and registers as it is, and is then up to date', async () => {
    expect(await nx('g', 'nx-prefect:flow', 'project_3/flow9')).toContain('npx nx run project_3-flow9:register');

    expect(await nx('run', 'project_3-flow9:test')).toContain('3 passed');

    await nx('run', 'project_3-flow9:register', '--workPool=pool');
    expect(existsSync(workspace.path('dist/flows/project_3/flow9/manifest.json'))).toBe(true);
    expect((await prefect.deployments()).get('project_3-flow9/default')).toMatchObject({
      work_pool_name: 'pool',
      tags: ['nx-prefect:empty-team'],
    });

    expect(await nx('run', 'project_3-flow9:register', '--workPool=pool')).toMatch(/Cache: +2\/2 hit|2 out of 2 tasks/);
  });

  it.each([
    ['build', ['python', 'entrypoint', 'load', 'buildEnv', 'timeLimit']],
    ['register', ['apiUrl', 'workPool', 's3Bucket', 'deploymentName', 'takeOver']],
    ['plan', ['apiUrl', 'workPool']],
    ['test', ['args', 'junit', 'python']],
  ])('%s tells its options with --help', async (target, options) => {
    const output = await nx('run', `project_3-flow9:${target}`, '--help');
    for (const option of options) expect(output).toMatch(new RegExp(`--${option}\\b`));
    expect(output).not.toContain('undefined');
  });

  it('the generator tells its options with --help', async () => {
    expect(await nx('g', 'nx-prefect:flow', '--help')).toContain('project_3/flow9');
  });

  const nx = async (...args: string[]) => {
    const { code, output } = await workspace.nx(args, { env });
    if (code !== 0) throw new Error(output);
    return output;
  };
  const json = <T>(file: string) => JSON.parse(readFileSync(join(PLUGIN, file), 'utf8')) as T;
});

async function npm(cwd: string, ...args: string[]): Promise<string> {
  const { code, output } = await run('npm', [...args, '--loglevel=error'], { cwd, env: process.env });
  if (code !== 0) throw new Error(`npm ${args.join(' ')} ended with ${code}:\n${output}`);
  return output;
}
