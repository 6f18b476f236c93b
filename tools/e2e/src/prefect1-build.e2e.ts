import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildAll, different, manifestOf } from './parts/contents';
import { flowFiles } from './parts/flows';
import { describeWith, prefect1Environment, runScript } from './parts/prefect1';
import { type Ran, ROOT, Workspace, expectSuccess } from './parts/workspace';
import { temporaryWorkspaces } from './parts/workspaces';

const createWorkspace = temporaryWorkspaces();
/** A workspace whose `flows/project_1` has Prefect 0.15 on CPython 3.7, and all else the repository's Prefect 3. */
async function workspace(files: Record<string, string>): Promise<Workspace> {
  const made = await createWorkspace(files);
  mkdirSync(made.path('flows/project_1'), { recursive: true });
  symlinkSync(prefect1Environment('0.15'), made.path('flows/project_1/.venv'));
  return made;
}

interface BuiltFlow {
  engine: string;
  script?: { digest: string };
  registrations: {
    flowName: string;
    digest: string;
    serializedFlow: { tasks: { slug: string }[]; storage: object | null };
    storage?: string;
    storageLabels?: string[];
  }[];
}
const manifest = (made: Workspace, flow: string) => manifestOf<BuiltFlow>(made, flow);

const HEAD = 'from prefect import Flow, Parameter, task\n';
const FLOW = (name: string) => `with Flow("${name}") as flow:\n    flow.add_task(Parameter("day", default="monday"))\n`;
const GOOD = {
  'flows/project_1/good/flow.py': `${HEAD}from tasks import work
import alerts

with Flow("good") as flow:
    work(work(1, 1), Parameter("day"))
`,
  'flows/project_1/good/tasks.py':
    'from prefect import task\n\n\n@task(tags=["b", "a"])\ndef work(one, other):\n    return one\n',
  'flows/project_1/good/README.md': '# Good\n',
  'libs/alerts/__init__.py': 'TEXT = "late"\n',
};

const shipPickle = (flow: string) =>
  JSON.stringify({ name: `project_1-${flow}`, targets: { build: { options: { ship: 'pickle' } } } });

/**
 * An environment of the same packages, whose cloudpickle has no `register_pickle_by_value`, as before its version 2.
 */
function olderCloudpickle(venv: string): void {
  const from = prefect1Environment('0.15');
  const packages = join(venv, 'lib', 'python3.7', 'site-packages');
  mkdirSync(packages, { recursive: true });
  mkdirSync(join(venv, 'bin'));
  cpSync(join(from, 'pyvenv.cfg'), join(venv, 'pyvenv.cfg'));
  symlinkSync(realpathSync(join(from, 'bin', 'python')), join(venv, 'bin', 'python'));
  const own = join(from, 'lib', 'python3.7', 'site-packages');
  writeFileSync(join(packages, 'all.pth'), own);
  cpSync(join(own, 'cloudpickle'), join(packages, 'cloudpickle'), { recursive: true });
  appendFileSync(
    join(packages, 'cloudpickle', '__init__.py'),
    '\n__version__ = "1.6.0"\ndel register_pickle_by_value\n',
  );
}

describeWith(['0.15'], 'the build of flows of Prefect 0.15.13 on CPython 3.7', () => {
  it('gives the same bytes at another path, with another home, host and time zone', async () => {
    const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'nx-prefect-homes-')));
    const files = {
      ...GOOD,
      'flows/project_1/edges/flow.py': `${HEAD}

@task
def same(a, b, c):
    return a


with Flow("edges") as flow:
    for _ in range(9):
        x = same(1, 2, 3)
        same(x, x, x)
`,
    };
    const [here, there] = [await workspace(files), await workspace(files)];
    const one = await buildAll(here, {
      HOME: join(scratch, 'anna'),
      HOSTNAME: 'laptop',
      TZ: 'Asia/Tokyo',
      LC_ALL: 'C',
    });
    const other = await buildAll(there, {
      HOME: join(scratch, 'ben'),
      HOSTNAME: 'server',
      TZ: 'America/New_York',
      LC_ALL: 'C.UTF-8',
      PYTHONHASHSEED: '7',
    });
    rmSync(scratch, { recursive: true, force: true });
    expect([...one.keys()].filter((file) => file.endsWith('script/flow.py'))).toHaveLength(2);
    expect(different(one, other)).toEqual([]);
    for (const [file, content] of one)
      for (const path of [here.root, there.root, scratch, ROOT, tmpdir()])
        expect(content.includes(path) && file).toBe(false);
  });

  it('shares a run with Prefect 3, each flow with the Prefect of its own environment', async () => {
    const made = await workspace({ ...GOOD, ...flowFiles('project_2/modern', { name: 'modern' }) });
    const { code, tasks, output } = await made.nx(['run-many', '-t', 'build']);
    expectSuccess({ code, output });
    expect(Object.fromEntries(tasks)).toEqual({ 'project_1-good:build': 'done', 'project_2-modern:build': 'done' });
    expect([manifest(made, 'project_1/good').engine, manifest(made, 'project_2/modern').engine]).toEqual([
      'prefect1',
      'prefect3',
    ]);
    const again = await made.nx(['run-many', '-t', 'build']);
    expect([...again.tasks.values()]).toEqual(['hit', 'hit']);
  });

  it('has another digest after an edit of tasks.py or of a lib, and the same after one of a README', async () => {
    const made = await workspace(GOOD);
    const digest = async (file: string) => {
      made.edit(file, (content) => `${content}\n# edited\n`);
      const { code, output } = await made.nx(['run-many', '-t', 'build']);
      if (code !== 0) throw new Error(output);
      return manifest(made, 'project_1/good')
        .registrations.map((one) => one.digest)
        .join();
    };
    const first = await digest('flows/project_1/good/README.md');
    expect(await digest('flows/project_1/good/README.md')).toBe(first);
    const second = await digest('flows/project_1/good/tasks.py');
    expect(second).not.toBe(first);
    expect(await digest('libs/alerts/__init__.py')).not.toBe(second);
  });

  it('registers every flow that a name of the file holds, and knows whose storage is whose', async () => {
    const storages = `${HEAD}from prefect.storage import GitHub, Local, S3
plain = Flow("plain")
alias = plain
in_git = Flow("in_git", storage=GitHub("team/flows", "flow.py", labels=["git"]))
on_disk = Flow("on_disk", storage=Local(labels=["disk"]))
in_s3 = Flow("in_s3", storage=S3("own"))
for name in ("lost", "kept"):
    looped = Flow(name)
`;
    const made = await workspace({
      'flows/project_1/many/flow.py': storages,
      'flows/project_1/one/flow.py': storages.replaceAll('Flow("', 'Flow("one-'),
      'flows/project_1/one/project.json': JSON.stringify({
        name: 'project_1-one',
        targets: { build: { options: { entrypoint: 'plain' } } },
      }),
    });
    const { code, output } = await made.nx(['run-many', '-t', 'build', '--output-style=static']);
    expectSuccess({ code, output });
    expect(
      manifest(made, 'project_1/many').registrations.map(({ flowName, storage, storageLabels }) => [
        flowName,
        storage,
        storageLabels,
      ]),
    ).toEqual([
      ['plain', 'default', []],
      ['in_git', 'ready', ['git']],
      ['on_disk', 'build', ['disk']],
      ['in_s3', 'build', []],
      ['kept', 'default', []],
    ]);
    const [plain, inGit, onDisk] = manifest(made, 'project_1/many').registrations.map(
      ({ serializedFlow }) => serializedFlow.storage,
    );
    expect([plain, inGit, onDisk]).toMatchObject([
      null,
      { type: 'GitHub', flows: { in_git: 'flow.py' } },
      { type: 'Local', flows: {}, directory: '~/.prefect/flows' },
    ]);
    expect(output).toMatch(/Warning: flows\/project_1\/many\/flow\.py:9: the flow "lost" is bound to no name/);
    expect(manifest(made, 'project_1/one').registrations.map(({ flowName }) => flowName)).toEqual(['one-plain']);
  });

  it('ships by value where the option says so, siblings and libs too; its digest is that of the sources', async () => {
    const made = await workspace({
      'flows/project_1/value/flow.py': `${HEAD}from tasks import work\n\nwith Flow("value") as flow:\n    work(1)\n`,
      'flows/project_1/value/tasks.py':
        'from prefect import task\nfrom alerts import TEXT\n\n\n@task\ndef work(one):\n    return TEXT * one\n',
      'flows/project_1/value/project.json': shipPickle('value'),
      'libs/alerts/__init__.py': 'TEXT = "late"\n',
    });
    const built = async () => {
      const { code, output } = await made.nx(['run', 'project_1-value:build', '--skip-nx-cache']);
      if (code !== 0) throw new Error(output);
      return manifest(made, 'project_1/value');
    };
    const first = await built();
    expect((await built()).registrations).toEqual(first.registrations);
    expect(
      await runScript('0.15', made.path('dist/flows/project_1/value/script/flow.py'), 'value', made.path('dist')),
    ).toBe(`['late'] None ${made.path('dist')}`);
    made.edit('libs/alerts/__init__.py', () => 'TEXT = "later"\n');
    expect((await built()).script?.digest).not.toBe(first.script?.digest);
  });

  it('by value: another value of a declared variable is another digest', async () => {
    const made = await workspace({
      'flows/project_1/value/flow.py': `${HEAD}from tasks import work\n\nwith Flow("value") as flow:\n    work()\n`,
      'flows/project_1/value/tasks.py': `import os
from prefect import task

REGION = os.environ["REGION"]


@task
def work():
    return REGION
`,
      'flows/project_1/value/project.json': JSON.stringify({
        name: 'project_1-value',
        targets: { build: { options: { ship: 'pickle', buildEnv: ['REGION'] } } },
      }),
    });
    const digest = async (region: string) => {
      const { code, output } = await made.nx(['run', 'project_1-value:build'], { env: { REGION: region } });
      if (code !== 0) throw new Error(output);
      return manifest(made, 'project_1/value').script?.digest;
    };
    const european = await digest('eu');
    expect(await digest('us')).not.toBe(european);
    expect(await digest('eu')).toBe(european);
  });

  it('says that cloudpickle is too old to ship by value', async () => {
    const made = await workspace({
      'flows/project_1/old/flow.py': `${HEAD}${FLOW('old')}`,
      'flows/project_1/old/project.json': shipPickle('old'),
    });
    olderCloudpickle(made.path('flows/project_1/old/.venv'));
    const { output } = await made.nx(['run', 'project_1-old:build']);
    expect(output).toMatch(
      /^flows\/project_1\/old\/flow\.py: .*needs cloudpickle 2 or newer, and .* has 1\.6\.0.*\[cloudpickle-too-old\]$/m,
    );
  });

  /** Each bad flow, and what its one line must say: code, file with line, and a hint. */
  const BAD: [folder: string, code: string, files: Record<string, string>, says: RegExp][] = [
    [
      'raises',
      'import-failed',
      {
        'flow.py': `${HEAD}${FLOW('raises')}from utils import broken\nbroken()\n`,
        'utils.py': 'def broken():\n    raise ValueError("no such table")\n',
      },
      /raises\/utils\.py:2: .*no such table/,
    ],
    [
      'exits',
      'system-exit',
      { 'flow.py': `import sys\n${HEAD}${FLOW('exits')}sys.exit(3)\n` },
      /exits\/flow\.py:5: .*__main__/,
    ],
    [
      'syntax',
      'syntax-error',
      { 'flow.py': `${HEAD}${FLOW('syntax')}if (n := 3):\n    pass\n` },
      /syntax\/flow\.py:4: .*Python 3\.7/,
    ],
    [
      'registers',
      'register-at-import',
      { 'flow.py': `${HEAD}${FLOW('registers')}flow.register("project")\n` },
      /registers\/flow\.py:4: .*run-many -t register/,
    ],
    ['runs', 'run-at-import', { 'flow.py': `${HEAD}${FLOW('runs')}flow.run()\n` }, /runs\/flow\.py:4: /],
    ['empty', 'no-flow', { 'flow.py': 'import prefect\n' }, /empty\/flow\.py: .*with Flow/],
    [
      'slugs',
      'not-deterministic',
      {
        'flow.py': `${HEAD}import uuid\n\nwith Flow("slugs") as flow:\n    task(lambda: 1, name=uuid.uuid4().hex)()\n`,
      },
      /slugs\/flow\.py:4: .*tasks\[0\]\.\w+ differs between two loads/,
    ],
    [
      'path',
      'absolute-path',
      {
        'flow.py': `${HEAD}import os

with Flow("path") as flow:
    flow.add_task(Parameter("here", default=os.path.dirname(os.path.abspath(__file__))))
`,
      },
      /path\/flow\.py:4: .*parameters\[0\]\.default holds an absolute path/,
    ],
    [
      'host',
      'not-deterministic',
      {
        'flow.py': `${HEAD}import platform

with Flow("host") as flow:
    flow.add_task(Parameter("host", default=platform.node()))
`,
      },
      /host\/flow\.py:4: .*parameters\[0\]\.default differs/,
    ],
    [
      'twins',
      'same-flow-name',
      { 'flow.py': `${HEAD}one = Flow("twin")\nother = Flow("twin")\n` },
      /twins\/flow\.py:3: one and other .*"twin"/,
    ],
    [
      'infinite',
      'not-finite',
      {
        'flow.py': `${HEAD}
with Flow("infinite") as flow:
    flow.add_task(Parameter("limit", default=float("inf")))
`,
      },
      /infinite\/flow\.py:3: /,
    ],
    [
      'seconds',
      'flow-not-serializable',
      {
        'flow.py': `${HEAD}import datetime
from prefect.schedules import IntervalSchedule

flow = Flow("seconds", schedule=IntervalSchedule(interval=datetime.timedelta(seconds=9)))
`,
      },
      /seconds\/flow\.py:5: .*can't serialize.*one minute/,
    ],
    [
      'object',
      'flow-not-serializable',
      {
        'flow.py': `${HEAD}from prefect.run_configs import UniversalRun
flow = Flow("object", run_config=UniversalRun(env={"at": object()}))
`,
      },
      /object\/flow\.py:3: .*not JSON serializable/,
    ],
    [
      'network',
      'network-at-import',
      { 'flow.py': `${HEAD}import urllib.request\n${FLOW('network')}urllib.request.urlopen("http://example.com")\n` },
      /network\/flow\.py:5: .*example\.com/,
    ],
    [
      'client',
      'network-at-import',
      { 'flow.py': `${HEAD}import prefect\n${FLOW('client')}prefect.Client().graphql({"query": {"hello"}})\n` },
      /client\/flow\.py:5: .*the Prefect API/,
    ],
    [
      'package',
      'module-not-found',
      { 'flow.py': `import pandas_of_nowhere\n${HEAD}${FLOW('package')}` },
      /package\/flow\.py:1: .*pandas_of_nowhere/,
    ],
    ['dies', 'worker-died', { 'flow.py': `${HEAD}${FLOW('dies')}import os\nos._exit(7)\n` }, /exit code 7/],
    [
      'static',
      'static-unsupported',
      {
        'flow.py': `${HEAD}${FLOW('static')}`,
        'project.json': JSON.stringify({
          name: 'project_1-static',
          targets: { build: { options: { load: 'static' } } },
        }),
      },
      /static\/flow\.py: .*Prefect 0\.15\.13/,
    ],
    [
      'locked',
      'pickle-failed',
      {
        'flow.py': `${HEAD}from tasks import work\n\nwith Flow("locked") as flow:\n    work()\n`,
        'tasks.py': `import threading
from prefect import task

LOCK = threading.Lock()


@task
def work():
    with LOCK:
        return 1
`,
        'project.json': shipPickle('locked'),
      },
      /locked\/flow\.py: .*lock.*ship/,
    ],
  ];

  describe('of bad flows', () => {
    let ran: Ran;
    beforeAll(async () => {
      const bad = BAD.flatMap(([folder, , files]) =>
        Object.entries(files).map(([file, content]) => [`flows/project_1/${folder}/${file}`, content]),
      );
      ran = await (
        await workspace({ ...GOOD, ...Object.fromEntries(bad) })
      ).nx(['run-many', '-t', 'build', '--output-style=static']);
    });

    it('fails those alone', () => {
      expect(ran.code).not.toBe(0);
      expect(Object.fromEntries(ran.tasks)).toEqual({
        'project_1-good:build': 'done',
        ...Object.fromEntries(BAD.map(([folder]) => [`project_1-${folder}:build`, 'failed'])),
      });
      expect(ran.output).not.toMatch(/nx_prefect_worker\.py|nx_prefect_script|site-packages/);
    });

    it.each(BAD.map(([folder, code, , says]) => [folder, code, says] as const))('%s: %s', (folder, code, says) => {
      const line = ran.output
        .split('\n')
        .find((text) => text.includes(`[${code}]`) && text.includes(`project_1/${folder}/`));
      expect(line).toMatch(says);
    });
  });

  it('says in one line that a Python is gone', async () => {
    const made = await workspace({
      ...GOOD,
      ...flowFiles('project_2/named', { name: 'named' }),
      'flows/project_2/named/project.json': JSON.stringify({
        name: 'project_2-named',
        targets: { build: { options: { python: 'python3.7' } } },
      }),
    });
    rmSync(made.path('flows/project_1/.venv'));
    symlinkSync(made.path('gone'), made.path('flows/project_1/.venv'));
    const { code, output } = await made.nx(['run-many', '-t', 'build', '--output-style=static']);
    expect(code).not.toBe(0);
    expect(output).toMatch(/^.*flows\/project_1\/\.venv: There is no Python interpreter.*\[environment-missing\]$/m);
    expect(output).toMatch(/^.*names python3\.7, and there is no Python interpreter.*\[python-not-found\]$/m);
    expect(output).not.toMatch(/Traceback|^\s+at .*\.js:\d+/m);
  });
});
