import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { PACKAGE_ROOT } from '../../core/package-root';
import { isAlive, pidNamespace } from '../../core/process';
import type { LoadRequest } from './worker-protocol';
import type { LoadedPrefect3 } from '../../engines/prefect3/loaded-prefect3';
import { type LoadOptions, type LoadRefused, loadFlows } from './load-flows';
import { workerEnvironment } from './worker-environment';
import { newWorkerFolder } from './worker-folder';

/** The real worker with a real Prefect 3, as in `load-flows.spec.ts`. */
const PYTHON = process.env['NX_PREFECT_TEST_PYTHON'] ?? resolve(__dirname, '../../../../../.venv/bin/python');

let scratch: string;
beforeAll(() => void (scratch = realpathSync(mkdtempSync(join(tmpdir(), 'nx-prefect-spec-')))));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

jest.setTimeout(180_000);

const FLOW =
  'from prefect import flow\n\n\n@flow\ndef main(n: int = 1): pass\n\n\nd = main.to_deployment("d", tags=["t"])\n';

function ship(id: string, source: string, env: Record<string, string> = {}): LoadRequest {
  const root = join(scratch, id);
  const path = `flows/p/${id}/flow.py`;
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), source);
  return { id, root, path, load: 'import', ship: 'script', env };
}

type LoadOutcome = LoadRefused | { id: string; loaded: LoadedPrefect3; output: string };

async function load(requests: LoadRequest[], options?: LoadOptions): Promise<Map<string, LoadOutcome>> {
  const outcomes = new Map<string, LoadOutcome>();
  for await (const outcome of loadFlows(PYTHON, requests, options)) outcomes.set(outcome.id, outcome as LoadOutcome);
  return outcomes;
}

/** A flow's own code, or what it did; `good` where it is as if nothing had happened. */
function fate(outcome: LoadOutcome | undefined): string {
  if (outcome === undefined) return 'lost';
  if ('error' in outcome) return (outcome.error as { code?: string }).code ?? String(outcome.error);
  return outcome.loaded.flows.map(({ flowName }) => flowName).join();
}

/** What a flow may do to all that follow it, and what becomes of itself. */
const VANDALS: Record<string, [source: string, own: string]> = {
  'partial-flow': [
    'import functools, prefect\nprefect.flow = functools.partial(prefect.flow, version="a-1.0")\n' + FLOW,
    'main',
  ],
  'wrapped-deployment': [
    `import prefect.flows
real = prefect.flows.Flow.to_deployment
prefect.flows.Flow.to_deployment = lambda self, name, **k: real(self, name, **dict(k, tags=["theirs"]))
` + FLOW,
    'main',
  ],
  'no-deployment': [FLOW + 'type(main).to_deployment = None\n', 'main'],
  'os-path': ['import os\n' + FLOW + 'os.path.join = lambda *a: "nowhere"\n', 'main'],
  json: [
    'import json\n' + FLOW + 'json.dumps = json.loads = None\njson.encoder.JSONEncoder.encode = None\n',
    'worker-died',
  ],
  builtins: ['import builtins\n' + FLOW + 'builtins.len = builtins.isinstance = None\n', 'worker-died'],
  'closes-output': ['import os\nos.close(1)\n' + FLOW, 'main'],
  'closes-all': ['import os\n' + FLOW + 'os.closerange(0, 65536)\n', 'worker-died'],
  'writes-descriptors': [
    `import os
for fd in range(3, 20):
    try:
        os.write(fd, b'{"id": "good", "ok": true}\\n')
    except OSError:
        pass
` + FLOW,
    'main',
  ],
  'guesses-frames': [
    `import os
for fd in range(20, 200):
    try:
        os.write(fd, b"0" * 32 + b" 000000000002\\n{}")
    except OSError:
        pass
` + FLOW,
    'worker-died',
  ],
  'moves-about': [
    `import os, threading, time
def go():
    while True:
        os.chdir("/")
        time.sleep(0.001)
threading.Thread(target=go, daemon=True).start()
` + FLOW,
    'main',
  ],
  'ends-well': ['import os\n' + FLOW + 'os._exit(0)\n', 'worker-died'],
  'kills-worker': [
    'import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nimport time\ntime.sleep(60)\n',
    'worker-died',
  ],
  'stops-worker': [
    'import os, signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nos.kill(os.getpid(), signal.SIGSTOP)\n',
    'time-limit',
  ],
  forks: ['import os\nos.fork()\n' + FLOW, 'main'],
  'no-exit': ['import os, sys\nos._exit = sys.exit = lambda *_: None\n' + FLOW, 'main'],
  home: ['import os\nwith open(os.path.expanduser("~/left"), "w") as file: file.write("x")\n' + FLOW, 'main'],
};
const GOOD =
  `import json, os, tempfile
from prefect.flows import Flow
assert not os.path.exists(os.path.expanduser("~/left")) and os.path.join("a", "b") == "a/b"
` +
  'assert json.loads(json.dumps([1])) == [1] and os.listdir(tempfile.gettempdir()) == []\n' +
  FLOW;

describe('a flow that does what it should not', () => {
  it('changes nothing for the others, whatever it is', async () => {
    const alone = (await load([ship('good', GOOD)])).get('good')!;
    expect(fate(alone)).toBe('main');
    const ids = Object.keys(VANDALS);
    const company = ids.flatMap((id) => [
      ship(id, VANDALS[id]![0]),
      { ...ship(`after-${id}`, GOOD), path: `flows/p/after-${id}/flow.py` },
    ]);
    const outcomes = await load(company, { timeLimit: 10 });
    expect(Object.fromEntries(ids.map((id) => [id, fate(outcomes.get(id))]))).toEqual(
      Object.fromEntries(ids.map((id) => [id, VANDALS[id]![1]])),
    );
    for (const id of ids) {
      const after = outcomes.get(`after-${id}`);
      if (after === undefined || 'error' in after) throw new Error(`after ${id}: ${String(after?.error)}`);
      const there = JSON.stringify(after.loaded).replaceAll(`after-${id}`, 'good');
      expect([id, JSON.parse(there), after.output]).toEqual([id, 'loaded' in alone && alone.loaded, '']);
    }
  });
});

describe('output', () => {
  it('is cut while it is written, and a flow that never stops ends in time', async () => {
    const outcomes = await load(
      [
        ship('floods', 'import os\nwhile True: os.write(1, b"y" * (1 << 20))\n'),
        ship('prints', `import os\nfor _ in range(200): os.write(1, b"y" * (1 << 20))\nprint("the end")\n${FLOW}`),
      ],
      { timeLimit: 15 },
    );
    expect(fate(outcomes.get('floods'))).toBe('time-limit');
    expect(outcomes.get('floods')!.output).toBe('y'.repeat(10_000));
    expect(fate(outcomes.get('prints'))).toBe('main');
    expect(outcomes.get('prints')!.output).toBe(`${'y'.repeat(9992)}the end\n`);
  });
});

describe('a load', () => {
  it('sees an empty home, no repository above it, one region and one locale, whatever the machine has', async () => {
    mkdirSync(join(scratch, '.git'));
    const pure = `import os, subprocess, tempfile
assert os.listdir(os.path.expanduser("~")) == [] and os.listdir(tempfile.gettempdir()) == []
assert tempfile.gettempdir().startswith(os.path.dirname(os.path.expanduser("~")))
assert subprocess.run(["git", "rev-parse"], capture_output=True).returncode != 0
assert os.environ["AWS_DEFAULT_REGION"] == "us-east-1"
assert os.environ["LC_ALL"] == "C.UTF-8" and os.environ["TZ"] == "UTC"
${FLOW}`;
    const region = `import os\nassert os.environ["AWS_DEFAULT_REGION"] == "eu-west-1"\n${FLOW}`;
    const outcomes = await load([ship('pure', pure), ship('region', region, { AWS_DEFAULT_REGION: 'eu-west-1' })]);
    expect([...outcomes.values()].map(fate)).toEqual(['main', 'main']);
  });

  it('names buildEnv where the file asked for a variable before it failed', async () => {
    const outcomes = await load([
      ship('asks', 'import os\nif not os.environ.get("TEAM_REGION"):\n    raise RuntimeError("no region")\n'),
    ]);
    expect(outcomes.get('asks')).toMatchObject({
      error: { code: 'import-failed', next: expect.stringMatching(/asked for TEAM_REGION.*`buildEnv`/) },
    });
  });
});

describe('what a flow leaves behind', () => {
  const starts = (file: string) =>
    `import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"], start_new_session=True)
open(${JSON.stringify(file)}, "a").write("%d\\n" % child.pid)
${FLOW}`;

  it('is ended: a process that has a session of its own and holds the output', async () => {
    if (process.platform !== 'linux') return; // elsewhere nobody adopts such a process
    const file = join(scratch, 'pids');
    const outcomes = await load([ship('starts', starts(file)), ship('next', FLOW)]);
    expect([fate(outcomes.get('starts')), fate(outcomes.get('next'))]).toEqual(['main', 'main']);
    const pids = readFileSync(file, 'utf8').trim().split('\n').map(Number);
    expect(pids).toHaveLength(2);
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it('is no folder', () => {
    const own = new RegExp(`^nx-prefect-${process.pid}-`);
    expect(readdirSync(tmpdir()).filter((entry) => own.test(entry))).toEqual([]);
  });

  it('is no folder, when Node is gone before the worker has started', async () => {
    const folder = newWorkerFolder();
    const script = join(PACKAGE_ROOT, 'python', 'nx_prefect_worker.py');
    const worker = spawn(PYTHON, ['-s', '-B', script, 'fork', 'first', '10'], {
      env: workerEnvironment(process.env, folder, 'first'),
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'ignore'],
    });
    worker.stdio[3]?.destroy();
    await once(worker, 'exit');
    expect(existsSync(folder)).toBe(false);
  });

  it('of a run that is dead, the next run sweeps', async () => {
    const left = join(tmpdir(), `nx-prefect-${2 ** 22 + 1}-1-${pidNamespace()}-abcdef`);
    mkdirSync(join(left, 'home'), { recursive: true });
    jest.resetModules();
    const fresh = jest.requireActual<typeof import('./worker-folder')>('./worker-folder');
    fresh.removeWorkerFolder(fresh.newWorkerFolder());
    expect(existsSync(left)).toBe(false);
  });
});

/** Midnight may come between two runs. */
function undated(said: unknown): string {
  return JSON.stringify(said).replaceAll(/\b20\d\d-\d\d-\d\d\b/g, 'a day');
}

describe('a process for each flow, where there is no fork', () => {
  it('says the same of good flows and of bad ones', async () => {
    const flows = () => [
      ship('p-prints', `import sys\nprint("out")\nprint("err", file=sys.stderr)\n${FLOW}`),
      ship('p-hangs', 'import time\ntime.sleep(600)\n'),
      ship('p-crashes', 'import ctypes\nctypes.string_at(0)\n'),
      ship('p-clock', `import datetime\n${FLOW.replace('n: int = 1', 'n: str = str(datetime.date.today())')}`),
    ];
    const plain = ([id, outcome]: [string, LoadOutcome]) => [
      id,
      'error' in outcome ? [outcome.error.message, outcome.error] : outcome.loaded,
      outcome.output,
    ];
    const forked = [...(await load(flows(), { timeLimit: 15 }))].map(plain);
    const separate = [...(await load(flows(), { timeLimit: 15, isolation: 'process' }))].map(plain);
    expect(separate.map(undated)).toEqual(forked.map(undated));
  });
});
