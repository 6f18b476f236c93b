import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildAll, contents, different, listed, manifestOf } from './parts/contents';
import { flowFiles } from './parts/flows';
import { shapeFiles } from './parts/shapes';
import { ROOT, type Ran, type RunOptions, Workspace, nxJson } from './parts/workspace';
import { temporaryWorkspaces } from './parts/workspaces';

const workspace = temporaryWorkspaces();

describe('the same source gives the same build', () => {
  const files = {
    ...shapeFiles(),
    ...flowFiles('project_9/flow1', {
      name: 'more',
      imports: 'import queries',
      parameter: 'day: str = "today", where: str = "here"',
    }),
  };
  let scratch: string;
  let here: Workspace;
  let built: Map<string, Buffer>;

  beforeAll(async () => {
    scratch = realpathSync(mkdtempSync(join(tmpdir(), 'nx-prefect-elsewhere-')));
    here = await workspace(files, { examples: true });
    built = await buildAll(here, {
      HOME: join(scratch, 'anna'),
      USER: 'anna',
      HOSTNAME: 'laptop',
      TZ: 'Asia/Tokyo',
      LANG: 'C',
      LC_ALL: 'C',
    });
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  it('byte for byte: in another folder, with another home, user, host, time zone and language', async () => {
    const there = await elsewhere(files, { examples: true });
    const env = {
      HOME: join(scratch, 'ben'),
      USER: 'ben',
      HOSTNAME: 'server',
      TZ: 'America/New_York',
      LANG: 'de_DE.UTF-8',
      LC_ALL: 'de_DE.UTF-8',
      PYTHONHASHSEED: '7',
    };
    const other = await buildAll(there, env);
    expect([...built.keys()]).toEqual(
      listed(here.root, 'flows')
        .filter((file) => file.endsWith('/flow.py'))
        .map((file) => `dist/${dirname(file)}/manifest.json`),
    );
    expect(built.size).toBeGreaterThan(10);
    expect(different(built, other)).toEqual([]);
    for (const [file, content] of [...built, ...other]) {
      for (const path of [here.root, there.root, scratch, ROOT, tmpdir()])
        expect(content.includes(path) && file).toBe(false);
    }
  });

  it('with the line endings of Windows too', async () => {
    const windows = await workspace({}, { examples: true });
    windows.write(files);
    for (const file of listed(windows.root, '.').filter((path) => /\.(py|sql|md|yaml)$/.test(path)))
      windows.edit(file, (content) => content.replaceAll('\n', '\r\n'));
    expect(windows.read('flows/project_9/flow1/flow.py')).toContain('\r\n');
    expect(different(built, await buildAll(windows, {}))).toEqual([]);
  });

  /** A checkout whose path is longer, and has a space and a letter outside of ASCII in it. */
  async function elsewhere(...args: Parameters<typeof Workspace.create>): Promise<Workspace> {
    const { TMPDIR } = process.env;
    process.env['TMPDIR'] = join(scratch, 'Bens Flüsse', 'deep');
    mkdirSync(process.env['TMPDIR'], { recursive: true });
    try {
      return await workspace(...args);
    } finally {
      if (TMPDIR === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = TMPDIR;
    }
  }
});

describe('what git ignores', () => {
  const FLOW = (name: string, imports: string, body = 'return 1') =>
    `${imports}\nfrom prefect import flow\n\n\n@flow(name="${name}")\ndef main():\n    ${body}\n`;
  let made: Workspace;
  let ran: Ran;

  beforeAll(async () => {
    made = await workspace({
      '.gitignore': 'node_modules\n.venv\ndist\n.nx\n.env*\n__pycache__\ncredentials.py\nsecrets.py\ngenerated/\n',
      'libs/alerts/__init__.py': '',
      'flows/p/sibling/flow.py': FLOW('sibling', 'from credentials import KEY'),
      'flows/p/relative/flow.py': FLOW('relative', 'from .credentials import KEY'),
      'flows/p/standard/flow.py': FLOW('standard', 'from secrets import KEY'),
      'flows/p/in_lib/flow.py': FLOW('in_lib', 'from alerts.generated import table'),
      'flows/p/from_lib/flow.py': FLOW('from_lib', 'from alerts import generated'),
      'flows/p/test/flow.py': FLOW('test', 'from tests import sample'),
      'flows/p/test/tests.py': 'def sample():\n    return 1\n',
      'flows/p/later/flow.py': FLOW('later', '', 'from credentials import KEY\n    return KEY'),
      'flows/p/environment/flow.py': FLOW('environment', ''),
    });
    made.write({
      ...Object.fromEntries(
        ['sibling', 'relative', 'later'].map((flow) => [`flows/p/${flow}/credentials.py`, 'KEY = "plantedKey0123"\n']),
      ),
      'flows/p/standard/secrets.py': 'KEY = "plantedKey0123"\n',
      'libs/alerts/generated/__init__.py': '',
      'libs/alerts/generated/table.py': '',
      'flows/p/environment/.env': 'KEY=plantedKey0123\n',
      '.env': 'KEY=plantedKey0123\n',
    });
    ran = await made.nx(['run-many', '-t', 'build', '--output-style=static']);
  });

  it.each([
    ['sibling', 'flows/p/sibling/credentials.py', 'git ignores it'],
    ['relative', 'flows/p/relative/credentials.py', 'git ignores it'],
    ['standard', 'flows/p/standard/secrets.py', 'git ignores it'],
    ['in_lib', 'libs/alerts/generated/__init__.py', 'git ignores it'],
    ['from_lib', 'libs/alerts/generated/__init__.py', 'git ignores it'],
    ['test', 'flows/p/test/tests.py', 'it is a test'],
  ])('a module that %s imports fails that flow, and the line names it', (flow, file, why) => {
    expect(ran.tasks.get(`p-${flow}:build`)).toBe('failed');
    const line = ran.output
      .split('\n')
      .find((text) => text.includes('[module-not-shipped]') && text.includes(`flows/p/${flow}/flow.py:1: `));
    expect(line).toContain(`${file} exists, but ${why}`);
  });

  it('a module that only a run would import is warned of', () => {
    expect(ran.tasks.get('p-later:build')).toBe('done');
    expect(ran.output).toContain(
      'Warning: flows/p/later/flow.py:7 imports flows/p/later/credentials.py, but git ignores it',
    );
  });

  it('never ships', () => {
    expect(ran.tasks.get('p-environment:build')).toBe('done');
    for (const [file, content] of contents(made, 'dist')) {
      expect(file).not.toMatch(/\.env|credentials|secrets/);
      expect(content.includes('plantedKey0123') && file).toBe(false);
    }
    expect(Object.keys(manifestOf(made, 'p/environment').code.files)).toEqual(['flows/p/environment/flow.py']);
  });
});

describe('a flow that is not the same twice', () => {
  it.each([
    [
      'a default that is random',
      'def main(at: str = str(uuid.uuid4())): return at',
      /flows\[0\]\.parameterOpenapiSchema\.properties\.at\.default/,
    ],
    [
      'a tag of the moment',
      'def main(): return 1\ndaily = main.to_deployment("daily", tags=[str(datetime.now())])',
      /deployments\[0\]\.tags\[0\]/,
    ],
    [
      'the name of this machine',
      'def main(at: str = socket.gethostname()): return at',
      /flows\[0\]\.parameterOpenapiSchema\.properties\.at\.default/,
    ],
    [
      'a path of this machine',
      'def main(at: str = str(Path(__file__).parent)): return at',
      /flows\[0\]\.parameterOpenapiSchema\.properties\.at\.default/,
    ],
  ])('%s is refused, and the field is named', async (_what, source, field) => {
    const made = await workspace({
      'flows/p/f/flow.py': `import socket, uuid
from datetime import datetime
from pathlib import Path
from prefect import flow


@flow
${source}
`,
    });
    const { code, output } = await made.nx(['run', 'p-f:build']);
    expect(code).not.toBe(0);
    expect(output).toMatch(field);
    expect(existsSync(made.path('dist/flows/p/f'))).toBe(false);
  });
});

describe.each([
  ['without the daemon', false],
  ['with the daemon', true],
])('%s, a build is made again', (_how, daemon) => {
  let made: Workspace;
  const build = async (options: RunOptions = {}) => {
    const { code, output, tasks } = await made.nx(['run-many', '-t', 'build'], { daemon, ...options });
    if (code !== 0) throw new Error(output);
    return [...new Set(tasks.values())];
  };
  afterEach(async () => {
    const { output } = await made.nx(['daemon']);
    await made.nx(['daemon', '--stop']);
    if (output.includes('currently running') !== daemon)
      throw new Error(`The test ran ${daemon ? 'without' : 'with'} a daemon: ${output}`);
  });

  it('when the plugin in the workspace is edited, its JavaScript or its Python', async () => {
    // Its folder lies in the workspace and node_modules links to it, as in this repository.
    made = await workspace(flowFiles('p/f'), { mutate: moveIntoWorkspace });
    expect(await build()).toEqual(['done']);
    expect(await build()).toEqual(['hit']);
    for (const [file, comment] of [
      ['dist/build/build-flows.js', '// edited'],
      ['python/nx_prefect/loading.py', '# edited'],
    ]) {
      made.edit(`tools/nx-prefect/${file}`, (content) => `${content}\n${comment}\n`);
      expect(await build()).toEqual(['done']);
      expect(await build()).toEqual(['hit']);
    }
  });

  it('when another version of the plugin is installed', async () => {
    made = await workspace(flowFiles('p/f'), { mutate: () => undefined });
    expect(await build()).toEqual(['done']);
    expect(await build()).toEqual(['hit']);
    made.edit('node_modules/nx-prefect/package.json', (content) =>
      content.replace(/"version": ".*?"/, '"version": "99.0.0"'),
    );
    expect(await build()).toEqual(['done']);
  });

  it('when another version of Prefect is installed', async () => {
    made = await workspace(flowFiles('p/f'));
    const environment = new Environment(made);
    expect(await build()).toEqual(['done']);
    expect(await build()).toEqual(['hit']);
    environment.installPrefect('3.99.0');
    expect(await build()).toEqual(['done']);
    expect(await build()).toEqual(['hit']);
  });
});

describe('options', () => {
  it.each([
    [
      'an unknown one',
      { flowDirectory: 'src' },
      new RegExp(
        'nx\\.json: The options of the plugin nx-prefect are wrong: ' +
          '.*flowDirectory.*known are flowsDirectory.*\\[plugin-options\\]',
      ),
    ],
    [
      'one of a wrong type',
      { flowsDirectory: 3 },
      /nx\.json: The options of the plugin nx-prefect are wrong: flowsDirectory: .*\[plugin-options\]/,
    ],
  ])('%s in nx.json gives one clear line', async (_what, options, says) => {
    const made = await workspace({
      ...flowFiles('p/f'),
      'nx.json': JSON.stringify({ ...(JSON.parse(nxJson()) as object), plugins: [{ plugin: 'nx-prefect', options }] }),
    });
    const { code, output } = await made.nx(['run-many', '-t', 'build']);
    expect(code).not.toBe(0);
    expect(output.split('\n').filter((line) => says.test(line))).toHaveLength(1);
    expect(output).not.toMatch(/^\s+at .*\.js:\d+/m);
  });

  /** A flow with options of its own in project.json. */
  const withOptions = (name: string, target: string, options: object) => ({
    ...flowFiles(`p/${name}`, { name }),
    [`flows/p/${name}/project.json`]: JSON.stringify({ name: `p-${name}`, targets: { [target]: { options } } }),
  });

  it('a bad one of build fails that flow alone, naming it', async () => {
    const bad = [
      withOptions('mistyped', 'build', { timelimit: 3 }),
      withOptions('wrong', 'build', { timeLimit: 'soon' }),
      withOptions('number', 'build', { entrypoint: 3 }),
    ];
    const made = await workspace(Object.assign(flowFiles('p/good'), ...bad));
    const { code, output, tasks } = await made.nx(['run-many', '-t', 'build']);
    expect(code).not.toBe(0);
    expect(Object.fromEntries(tasks)).toEqual({
      'p-good:build': 'done',
      'p-mistyped:build': 'failed',
      'p-wrong:build': 'failed',
      'p-number:build': 'failed',
    });
    expect(output).toMatch(/^.*p-mistyped.*timelimit.*\[bad-option\]$/m);
    expect(output).toMatch(/^.*p-wrong.*"timeLimit".*\[bad-option\]$/m);
  });
});

/** @param plugin its copy in a workspace's node_modules */
function moveIntoWorkspace(plugin: string): void {
  const tools = join(plugin, '..', '..', 'tools');
  mkdirSync(tools);
  renameSync(plugin, join(tools, 'nx-prefect'));
  symlinkSync(join('..', 'tools', 'nx-prefect'), plugin);
}

const DIST_INFO = /^prefect-[\d.]+\.dist-info$/;

/** A virtual environment of the workspace's own: this repository's packages, but for what says which Prefect it is. */
class Environment {
  private readonly packages: string;

  constructor(made: Workspace) {
    const from = join(ROOT, '.venv');
    const to = made.path('.venv');
    rmSync(to);
    const python = readdirSync(join(from, 'lib')).find((name) => name.startsWith('python')) ?? '';
    this.packages = join(to, 'lib', python, 'site-packages');
    mkdirSync(this.packages, { recursive: true });
    cpSync(join(from, 'pyvenv.cfg'), join(to, 'pyvenv.cfg'));
    mkdirSync(join(to, 'bin'));
    symlinkSync(realpathSync(join(from, 'bin', 'python')), join(to, 'bin', 'python'));
    const own = join(from, 'lib', python, 'site-packages');
    for (const name of readdirSync(own)) {
      if (DIST_INFO.test(name)) cpSync(join(own, name), join(this.packages, name), { recursive: true });
      else symlinkSync(join(own, name), join(this.packages, name));
    }
  }

  /** As far as anyone can tell without importing it. */
  installPrefect(version: string): void {
    const old = readdirSync(this.packages).find((name) => DIST_INFO.test(name)) ?? '';
    const metadata = join(this.packages, old, 'METADATA');
    writeFileSync(metadata, readFileSync(metadata, 'utf8').replace(/^Version: .*$/m, `Version: ${version}`));
    renameSync(join(this.packages, old), join(this.packages, `prefect-${version}.dist-info`));
  }
}
