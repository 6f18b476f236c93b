import { spawn } from 'node:child_process';
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
import { dirname, join } from 'node:path';
import * as fc from 'fast-check';
import { scriptOf } from '../../nx-prefect/src/engines/prefect1/script';
import { sha256 } from '../../nx-prefect/src/core/canonical';
import type { LoadRequest } from '../../nx-prefect/src/build/worker/worker-protocol';
import { type LoadOutcome, loadFlows } from '../../nx-prefect/src/build/worker/load-flows';
import { isAlive } from '../../nx-prefect/src/core/process';
import { LONG, SEED } from './parts/seed';
import { until } from './parts/until';
import { prefect1Environment, pythonOf } from './parts/prefect1';
import { PREFECT1_VANDALS, PREFECT3_VANDALS, type Vandal } from './parts/vandals';
import { NX, PYTHON, Workspace, cleanEnvironment } from './parts/workspace';

/** CI loads the same sets each time; `npm run test:long` others, whose seed it prints. */
const SETS = LONG ? 1000 : 30;

jest.setTimeout(LONG ? 3 * 3_600_000 : 600_000);

const FLOW3 = (name: string) =>
  `import prefect
from prefect import task
from helper import word


@task
def t(): pass


@prefect.flow(name="${name}")
def main(n: int = 1, w: str = word): pass


d = main.to_deployment("d", tags=["t"], cron="0 1 * * *")
`;
const FLOW1 = (name: string) =>
  `from prefect import Flow, Parameter, task
from helper import word


@task
def t(n): return n


with Flow("${name}") as flow:
    t(Parameter("n", default=word))
`;

interface Engine {
  python: string;
  vandals: Record<string, Vandal>;
  flow: (name: string) => string;
  script: boolean;
}

const ENGINES: Record<string, Engine> = {
  'Prefect 3': { python: PYTHON, vandals: PREFECT3_VANDALS, flow: FLOW3, script: false },
  'Prefect 0.15 on Python 3.7': {
    python: pythonOf(prefect1Environment('0.15')),
    vandals: PREFECT1_VANDALS,
    flow: FLOW1,
    script: true,
  },
};

describe.each(Object.entries(ENGINES))('flows of %s in any company', (_name, { python, vandals, flow, script }) => {
  let scratch: string;
  let alone: Map<string, unknown>;
  const kinds = Object.keys(vandals);

  /** One copy of a flow; the same text wherever it stands. */
  function ship(kind: string, copy: string): LoadRequest {
    const id = `${copy}-${kind}`;
    const root = join(scratch, id);
    const path = `flows/p/${kind}/flow.py`;
    const { before = '', after = '' } = vandals[kind] ?? {};
    const files = { [path]: before + flow(kind) + after, [`flows/p/${kind}/helper.py`]: `word = "${kind}"\n` };
    for (const [file, text] of Object.entries(files)) write(join(root, file), text);
    const request: LoadRequest = { id, root, path, load: 'import', ship: 'script', env: {} };
    if (!script) return request;
    const contents = Object.fromEntries(Object.entries(files).map(([file, text]) => [file, Buffer.from(text)]));
    const digests = Object.fromEntries(Object.entries(files).map(([file, text]) => [file, sha256(text)]));
    write(`${root}.script.py`, scriptOf(path, contents, digests));
    return { ...request, script: `${root}.script.py` };
  }

  /** What a flow says, or the code of its error: the same wherever its copy lay. */
  function said(outcome: LoadOutcome): unknown {
    if ('error' in outcome) return (outcome.error as { code?: string }).code ?? outcome.error.message;
    return { loaded: outcome.loaded, output: outcome.output };
  }

  async function load(requests: LoadRequest[]): Promise<unknown[]> {
    const all: unknown[] = [];
    for await (const outcome of loadFlows(python, requests, { timeLimit: 20 })) all.push(said(outcome));
    for (const { root } of requests) rmSync(root, { recursive: true });
    return all;
  }

  beforeAll(async () => {
    scratch = realpathSync(mkdtempSync(join(tmpdir(), 'nx-prefect-e2e-')));
    // Alone: each with processes of its own.
    alone = new Map();
    for (const kind of LONG
      ? kinds
      : ['none', 'versions', 'tags', 'names', 'output', 'loud'].filter((one) => one in vandals))
      alone.set(kind, (await load([ship(kind, 'alone')]))[0]);
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  it(`each says what it says alone, or fails alone (seed ${SEED})`, async () => {
    // One run of the worker for all sets: a set is company for the sets after it as well.
    const sets = fc.sample(fc.array(fc.constantFrom(...kinds), { minLength: 2, maxLength: 8 }), {
      numRuns: SETS,
      seed: SEED,
    });
    const row = [...kinds, ...sets.flat(), 'none'];
    const outcomes = await load(row.map((kind, at) => ship(kind, String(at))));
    const seen = new Map(alone);
    row.forEach((kind, at) => {
      if (!seen.has(kind)) seen.set(kind, outcomes[at]);
      expect([at, kind, outcomes[at]]).toEqual([at, kind, seen.get(kind)]);
    });
    expect(seen.get('none')).toMatchObject({ loaded: { ok: true }, output: '' });
  });
});

describe('a batch that is killed while it loads a flow', () => {
  it('leaves no process and no folder', async () => {
    const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'nx-prefect-e2e-')));
    const pids = join(scratch, 'pids');
    const made = await Workspace.create({
      'flows/p/f/flow.py': `import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"], start_new_session=True)
with open(${JSON.stringify(`${pids}.part`)}, "w") as file:
    file.write("%d %d %d" % (os.getppid(), os.getpid(), child.pid))
os.rename(${JSON.stringify(`${pids}.part`)}, ${JSON.stringify(pids)})
time.sleep(300)
`,
    });
    const batch = spawn(process.execPath, [NX, 'run', 'p-f:build'], {
      cwd: made.root,
      env: { ...cleanEnvironment(), NX_DAEMON: 'false', TMPDIR: scratch },
      stdio: 'ignore',
      detached: true,
    });
    await until(() => existsSync(pids));
    process.kill(-batch.pid!, 'SIGKILL');
    const processes = readFileSync(pids, 'utf8').split(' ').map(Number);
    await until(() => !processes.some(isAlive));
    await until(() => !readdirSync(scratch).some((entry) => /^nx-prefect-\d/.test(entry)));
    made.dispose();
    rmSync(scratch, { recursive: true, force: true });
  });
});

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
