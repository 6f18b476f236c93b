import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { FlowError } from '../../core/errors';
import { findEnvironment } from '../../workspace/python-environment';
import type { LoadRequest } from './worker-protocol';
import type { LoadedPrefect3 } from '../../engines/prefect3/loaded-prefect3';
import { loadFlows, type LoadOptions, type LoadRefused } from './load-flows';

/**
 * The real worker with a real Prefect 3: NX_PREFECT_TEST_PYTHON names its interpreter, else the workspace's `.venv`.
 * Without either these tests fail. The cases of one `together` share their workers, as the flows of an environment do.
 */
const PYTHON = process.env['NX_PREFECT_TEST_PYTHON'] ?? workspacePython();

function workspacePython(): string {
  const workspaceRoot = resolve(__dirname, '../../../../..');
  const { python } = findEnvironment({ workspaceRoot, projectRoot: '.' });
  if (!python.startsWith(join(workspaceRoot, '.venv')))
    throw new Error('These tests need Prefect 3: create .venv in the workspace root, or set NX_PREFECT_TEST_PYTHON.');
  return python;
}

type LoadOutcome = LoadRefused | { id: string; loaded: LoadedPrefect3; output: string };

let scratch: string;
beforeAll(() => void (scratch = realpathSync(mkdtempSync(join(tmpdir(), 'nx-prefect-spec-')))));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

jest.setTimeout(120_000);

type Files = Record<string, string>;
type Flow = Files & { 'flow.py': string };

/**
 * Writes one shipped copy a flow: `<scratch>/<id>/flows/p/<id>/...`; names starting with `/` lie at the copy's root.
 */
function ship(id: string, files: Flow, more: Partial<LoadRequest> = {}): LoadRequest {
  const root = join(scratch, id);
  for (const [name, text] of Object.entries(files)) {
    const path = name.startsWith('/') ? join(root, name) : join(root, 'flows/p', id, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return { id, root, path: `flows/p/${id}/flow.py`, load: 'import', ship: 'script', env: {}, ...more };
}

async function outcomesOf(
  requests: LoadRequest[],
  options?: LoadOptions,
  python = PYTHON,
): Promise<Map<string, LoadOutcome>> {
  const outcomes = new Map<string, LoadOutcome>();
  for await (const outcome of loadFlows(python, requests, options)) outcomes.set(outcome.id, outcome as LoadOutcome);
  return outcomes;
}

/** Lazily loads a whole table of flows with the same two workers; each test looks at its own. */
function together(requests: () => LoadRequest[], options?: LoadOptions) {
  let outcomes: Promise<Map<string, LoadOutcome>> | undefined;
  const get = async (id: string) => {
    outcomes ??= outcomesOf(requests(), options);
    return (await outcomes).get(id)!;
  };
  return {
    loaded: async (id: string) => {
      const outcome = await get(id);
      if ('error' in outcome) throw outcome.error;
      if (outcome.loaded.engine !== 'prefect3') throw new Error(`${PYTHON} has no Prefect 3.`);
      return { ...outcome.loaded, output: outcome.output };
    },
    error: async (id: string) => {
      const outcome = await get(id);
      if (!('error' in outcome)) throw new Error(`${id} was loaded: ${JSON.stringify(outcome.loaded)}`);
      return { ...outcome, error: outcome.error as FlowError };
    },
  };
}

const FLOW = (body = 'pass') => `from prefect import flow\n\n\n@flow\ndef main():\n    ${body}\n`;

describe('what a file declares', () => {
  const { loaded } = together(() => [
    ship('plain', {
      'flow.py': [
        'from prefect import flow, task',
        'from tasks import extract',
        'from .tasks import extract as same',
        'from alerts import send',
        '@task',
        'def t(): pass',
        '@flow(name="Sub", version="7")',
        'def sub(n: int = 3): "one line"',
        '@flow',
        'async def main(day: str, *, limit: float = 1.5):',
        '    """Loads a day.',
        '',
        '    Args:',
        '        day: which day',
        '    """',
        '    def inner(): return sub()',
        '    inner()',
        'renamed = main.with_options(name="other")',
        'class Jobs:',
        '    @flow',
        '    def method(self): pass',
        'print("hello")',
      ].join('\n'),
      'tasks.py': 'from prefect import flow\n@flow\ndef extract(): pass\n',
      '/alerts/__init__.py': 'def send(): pass\n',
    }),
    ship('again', {
      'flow.py': 'from tasks import extract\nfrom alerts import other\n' + FLOW(),
      'tasks.py': 'extract = 2',
      '/alerts/__init__.py': 'other = 1',
    }),
    ship('loop', {
      'flow.py':
        `from prefect import flow
made = []
for n in ("a", "b"):
    @flow(name=n)
    def f(): pass
    made.append(f)
` +
        `def build(name):
    @flow(name=name)
    def g(): pass
    return g
byname = {"c": build("c")}
kept = build("d")
`,
    }),
    ship('printing', {
      'flow.py':
        `import os, subprocess, sys
os.write(1, b"raw ")
subprocess.run([sys.executable, "-c", "print('child')"])
print("err", file=sys.stderr)
assert sys.stdin.read() == ""
` + FLOW(),
    }),
    ship(
      'environment',
      {
        'flow.py':
          `import os
A = os.environ["GIVEN"]
os.getenv("OPTIONAL")
"SEEN" in os.environ
all = dict(os.environ)
os.environ["GIVEN"] = "changed"
` + FLOW(),
      },
      { env: { GIVEN: '1' } },
    ),
    ship('environment-after', { 'flow.py': 'import os\nassert "GIVEN" not in os.environ\n' + FLOW() }),
    ...['block-1', 'block-2'].map((id) =>
      ship(id, {
        'flow.py': 'from prefect.blocks.core import Block\nclass MyBlock(Block):\n    x: int = 1\n' + FLOW(),
      }),
    ),
    ship('named-queue', { 'flow.py': 'import queue\nassert hasattr(queue, "Queue")\n' + FLOW(), 'queue.py': '' }),
    ship('survived-network', {
      'flow.py':
        'import socket\ntry:\n    socket.create_connection(("example.com", 80))\nexcept OSError:\n    pass\n' + FLOW(),
    }),
    ship('rough', {
      'flow.py':
        `import sys, os, signal, warnings, types
sys.path.insert(0, "/nowhere")
sys.meta_path.insert(0, object())
sys.meta_path.pop(0)
os.chdir("/")
signal.signal(signal.SIGTERM, signal.SIG_IGN)
warnings.simplefilter("error")
sys.modules["stub"] = types.ModuleType("stub")
sys.modules["json"] = types.ModuleType("json")
sys.stdout = None
` + FLOW(),
    }),
    ship('smooth', {
      'flow.py':
        `import sys, os, signal, json, warnings
assert "/nowhere" not in sys.path and "stub" not in sys.modules and json.dumps
assert os.getcwd() != "/" and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
warnings.warn("fine")
ours = ("AWS_EC2_METADATA_DISABLED", "AWS_DEFAULT_REGION")
assert not [k for k in os.environ if k.startswith("AWS_") and k not in ours]
print("still here")
` + FLOW(),
    }),
  ]);

  it('lists flows with their names, lines, schemas and relations', async () => {
    const { flows, output } = await loaded('plain');
    expect(
      flows.map(({ attribute, flowName, line, definedHere, calledHere, version }) => [
        attribute,
        flowName,
        line,
        definedHere,
        calledHere,
        version,
      ]),
    ).toEqual([
      ['extract', 'extract', 3, false, false, null],
      ['same', 'extract', 3, false, false, null],
      ['sub', 'Sub', 8, true, true, '7'],
      ['main', 'main', 10, true, false, null],
      ['renamed', 'other', 10, true, false, null],
    ]);
    expect(flows[3]).toMatchObject({
      description: 'Loads a day.\n\nArgs:\n    day: which day',
      parameterOpenapiSchema: {
        properties: {
          day: { type: 'string', description: 'which day', position: 0 },
          limit: { type: 'number', default: 1.5 },
        },
        required: ['day'],
      },
    });
    expect(output).toBe('hello\n');
  });

  it('keeps same-named siblings and lib packages of different copies apart', async () => {
    expect((await loaded('again')).flows).toHaveLength(1);
  });

  it('reports flows of the file that no attribute holds, each', async () => {
    const { flows } = await loaded('loop');
    expect(flows.map(({ attribute, flowName }) => [attribute, flowName])).toEqual([
      ['f', 'b'],
      ['kept', 'd'],
      [null, 'a'],
      [null, 'c'],
    ]);
  });

  it('catches output of subprocesses and raw writes, and gives an empty standard input', async () => {
    expect((await loaded('printing')).output).toBe('raw child\nerr\n');
  });

  it('records names of variables that the file reads, and undoes what it writes', async () => {
    expect((await loaded('environment')).environmentRead).toEqual(['GIVEN', 'OPTIONAL', 'SEEN']);
    expect((await loaded('environment-after')).environmentRead).toEqual(['GIVEN']);
  });

  it('warns of a sibling that a module of Python or Prefect hides', async () => {
    expect((await loaded('named-queue')).warnings).toEqual([
      expect.stringMatching(/^flows\/p\/named-queue\/queue\.py .*Rename it\.$/),
    ]);
  });

  it('lets two flows define a block of the same name', async () => {
    expect([(await loaded('block-1')).output, (await loaded('block-2')).output]).toEqual(['', '']);
  });

  it('warns of a caught network error', async () => {
    expect((await loaded('survived-network')).warnings).toEqual([
      expect.stringContaining('flow.py:3 uses the network (example.com:80)'),
    ]);
  });

  it('shows nothing of a rough flow to the next one', async () => {
    await loaded('rough');
    expect((await loaded('smooth')).output).toContain('still here');
  });

  it('leaves no bytecode beside the flows', async () => {
    await loaded('plain');
    expect(
      readdirSync(join(scratch, 'plain'), { recursive: true }).filter((path) => String(path).includes('__pycache__')),
    ).toEqual([]);
  });
});

describe('deployments in code', () => {
  const HEAD = `from datetime import datetime, timedelta, timezone
from prefect import flow
from prefect.schedules import Cron, Interval, RRule, Schedule
from prefect.client.schemas.schedules import CronSchedule
@flow(description="of the flow")
def main(n: int = 1): pass
`;
  const { loaded } = together(() => [
    ship('bare', { 'flow.py': `${HEAD}d = main.to_deployment("nightly")\n` }),
    ship('full', {
      'flow.py': `${HEAD}from prefect.client.schemas.objects import ConcurrencyLimitConfig
many = [main.to_deployment(
    name="a", tags=["y", "x", "y"], parameters={"n": 2}, paused=False, version="1", description="d",
    work_pool_name="pool", work_queue_name="q", job_variables={"cpu": 1}, enforce_parameter_schema=False,
    concurrency_limit=ConcurrencyLimitConfig(limit=2, collision_strategy="CANCEL_NEW"), cron="0 1 * * *")]
by_name = {"b": main.with_options(name="copy").to_deployment("b", cron=None, version=None, concurrency_limit=3)}
`,
    }),
    ship('schedules', {
      'flow.py': `${HEAD}d = main.to_deployment("s", schedules=[
    Cron("0 2 * * *", timezone="Europe/Paris", slug="two"), Cron("0 3 * * *", active=True),
    Interval(timedelta(hours=1), anchor_date=datetime(2024, 1, 1, tzinfo=timezone.utc),
             parameters={"n": 5}, active=False),
    RRule("FREQ=DAILY"), {"schedule": CronSchedule(cron="0 4 * * *"), "active": False}])
e = main.to_deployment("e", schedule=Schedule(cron="0 5 * * *"))
`,
    }),
    ship('rules', {
      'flow.py': `${HEAD}from prefect.client.schemas.schedules import RRuleSchedule
from prefect.client.schemas.actions import DeploymentScheduleCreate
rule = "FREQ=MINUTELY;INTERVAL=1"
a = main.to_deployment("a", rrule=rule)
b = main.to_deployment("b", schedule=RRuleSchedule(rrule=rule))
c = main.to_deployment("c", schedule=RRule(rule, timezone="Europe/Paris"))
d = main.to_deployment("d", schedules=[
    DeploymentScheduleCreate(schedule=RRuleSchedule(rrule=rule)), {"schedule": RRuleSchedule(rrule=rule)}])
e = main.to_deployment("e", rrule="DTSTART;TZID=Europe/Paris:20240101T090000\\nRRULE:FREQ=MINUTELY")
`,
    }),
    ship('unbound', {
      'flow.py': `${HEAD}from helper import made
main.to_deployment("nightly-1", cron="0 1 * * *")
def build():
    return main.to_deployment("built")
build()
kept = [main.to_deployment("kept")]
kept[0].tags.append("t")
`,
      'helper.py': `from prefect import flow
@flow
def f(): pass
made = f.to_deployment("theirs")
f.to_deployment("not-this-file")
`,
    }),
    ship('today', {
      'flow.py': `from datetime import date
from prefect import flow
@flow
def main(day: date = date.today(), fixed: date = date(2024, 1, 1), text: str = f"until {date.today()}"): pass
d = main.to_deployment("d", parameters={"day": str(date.today())})
`,
    }),
    ship('changed', {
      'flow.py': `${HEAD}d = main.to_deployment("c")\nd.tags.append("late")\nd.work_pool_name = "pool"\n`,
    }),
    ship('asynchronous', {
      'flow.py': `${HEAD}import asyncio
async def make():
    return [await main.ato_deployment("x", tags=["t"]), await main.to_deployment("y")]
both = asyncio.run(make())
`,
    }),
    ship('triggers', {
      'flow.py': `${HEAD}from prefect.events import DeploymentEventTrigger
d = main.to_deployment("t", triggers=[DeploymentEventTrigger(expect={"x"})], version_type="prefect:simple")
`,
    }),
    ship('forward', {
      'flow.py': `from __future__ import annotations
from prefect import flow
from pydantic import BaseModel
NAMES = []
@flow
def main(order: Order, names: list[str] = NAMES): pass
class Order(BaseModel):
    id: int
NAMES.append("late")
`,
    }),
    ship('frozen', {
      'flow.py': `from prefect import flow
from prefect.utilities.annotations import freeze
@flow
def main(n: int = 1, word: str = "a"): pass
a = main.to_deployment("a", parameters={"n": freeze(3), "word": "b"})
b = main.to_deployment("b", parameters={"n": 3})
`,
    }),
    ship('direct', {
      'flow.py': `${HEAD}from prefect.deployments.runner import RunnerDeployment
d = RunnerDeployment.from_flow(main, "f", tags=["t"])
`,
    }),
  ]);

  it('records only what the call gave', async () => {
    expect((await loaded('bare')).deployments).toEqual([
      {
        attribute: 'd',
        file: 'flows/p/bare/flow.py',
        flowAttribute: 'main',
        flowName: 'main',
        parameterOpenapiSchema: null,
        fields: { name: 'nightly' },
      },
    ]);
    expect((await loaded('direct')).deployments[0]?.fields).toEqual({ name: 'f', tags: ['t'] });
  });

  it('maps every argument to its REST name', async () => {
    const [a, b] = (await loaded('full')).deployments;
    expect(a).toEqual({
      attribute: 'many[0]',
      file: 'flows/p/full/flow.py',
      flowAttribute: 'main',
      flowName: 'main',
      parameterOpenapiSchema: null,
      fields: {
        name: 'a',
        tags: ['y', 'x'],
        parameters: { n: 2 },
        paused: false,
        version: '1',
        description: 'd',
        work_pool_name: 'pool',
        work_queue_name: 'q',
        job_variables: { cpu: 1 },
        enforce_parameter_schema: false,
        concurrency_limit: 2,
        concurrency_options: { collision_strategy: 'CANCEL_NEW', grace_period_seconds: null },
        schedules: [{ schedule: { cron: '0 1 * * *', day_or: true } }],
      },
    });
    expect(b).toEqual({
      attribute: "by_name['b']",
      file: 'flows/p/full/flow.py',
      flowAttribute: null,
      flowName: 'copy',
      parameterOpenapiSchema: null,
      fields: { name: 'b', concurrency_limit: 3 },
    });
  });

  it('takes schedules as Prefect makes them, and `active` only when it was given', async () => {
    const [d, e] = (await loaded('schedules')).deployments;
    expect(d?.fields.schedules).toEqual([
      { schedule: { cron: '0 2 * * *', day_or: true, timezone: 'Europe/Paris' }, slug: 'two' },
      { schedule: { cron: '0 3 * * *', day_or: true }, active: true },
      {
        schedule: { interval: 3600, anchor_date: '2024-01-01T00:00:00Z', timezone: 'UTC' },
        active: false,
        parameters: { n: 5 },
      },
      { schedule: { rrule: 'FREQ=DAILY', timezone: 'UTC' } },
      { schedule: { cron: '0 4 * * *', day_or: true }, active: false },
    ]);
    expect(e?.fields.schedules).toEqual([{ schedule: { cron: '0 5 * * *', day_or: true } }]);
  });

  it('sees what is set on the object afterwards', async () => {
    expect((await loaded('changed')).deployments[0]?.fields).toEqual({
      name: 'c',
      tags: ['late'],
      work_pool_name: 'pool',
    });
  });

  it('keeps a rule as it was written: Prefect and its server give it a start', async () => {
    const rule = 'FREQ=MINUTELY;INTERVAL=1';
    expect(
      (await loaded('rules')).deployments.map(({ fields }) =>
        fields.schedules?.map(({ schedule }) => [schedule['rrule'], schedule['timezone']]),
      ),
    ).toEqual([
      [[rule, 'UTC']],
      [[rule, 'UTC']],
      [[rule, 'Europe/Paris']],
      [
        [rule, 'UTC'],
        [rule, 'UTC'],
      ],
      [['DTSTART;TZID=Europe/Paris:20240101T090000\nRRULE:FREQ=MINUTELY', 'UTC']],
    ]);
  });

  it('warns of each deployment of the file that no name holds', async () => {
    const { deployments, unregistered } = await loaded('unbound');
    expect(deployments.map(({ attribute }) => attribute)).toEqual(['made', 'kept[0]']);
    expect(unregistered).toEqual([
      'to_deployment("nightly-1") at line 8 is bound to no name, so it is not registered; ' +
        'write nightly_1 = main.to_deployment(...).',
      'to_deployment("built") at line 10 is bound to no name, so it is not registered; ' +
        'write built = main.to_deployment(...).',
    ]);
  });

  it("marks a default and a parameter that is today's date, and says so", async () => {
    const { flows, deployments, warnings, clock } = await loaded('today');
    const today = expect.stringMatching(/^\d{4}-\d\d-\d\d$/);
    expect(flows[0]?.parameterOpenapiSchema).toMatchObject({
      properties: {
        day: { default: { 'nx-prefect.clock': 0, text: '…' } },
        fixed: { default: '2024-01-01' },
        text: { default: { 'nx-prefect.clock': 1, text: 'until …' } },
      },
    });
    expect(deployments[0]?.fields.parameters).toEqual({ day: { 'nx-prefect.clock': 2, text: '…' } });
    expect(clock).toEqual([today, expect.stringContaining('until 20'), today]);
    expect(warnings).toEqual([
      expect.stringMatching(/^flows\[0\]\..*day\.default comes from the clock \("\d{4}-\d\d-\d\d"\)/),
      expect.stringContaining('text.default comes from the clock'),
      expect.stringMatching(/^deployments\[0\]\.parameters\.day comes from the clock/),
    ]);
  });

  it('follows the async variants', async () => {
    expect((await loaded('asynchronous')).deployments.map(({ fields }) => fields)).toEqual([
      { name: 'x', tags: ['t'] },
      { name: 'y' },
    ]);
  });

  it('warns that triggers and the type of a version are not registered', async () => {
    expect((await loaded('triggers')).unregistered).toEqual([
      expect.stringContaining('d has triggers'),
      expect.stringContaining('version_type of d is not managed'),
    ]);
  });

  it('knows classes and defaults that stand below the flow', async () => {
    const { flows } = await loaded('forward');
    expect(flows.map(({ parameterOpenapiSchema }) => parameterOpenapiSchema)).toEqual([
      {
        title: 'Parameters',
        type: 'object',
        properties: {
          order: { $ref: '#/definitions/Order', position: 0, title: 'order' },
          names: { default: ['late'], position: 1, title: 'names', items: { type: 'string' }, type: 'array' },
        },
        required: ['order'],
        definitions: {
          Order: {
            title: 'Order',
            type: 'object',
            properties: { id: { title: 'Id', type: 'integer' } },
            required: ['id'],
          },
        },
      },
    ]);
  });

  it('keeps what frozen parameters make of a schema', async () => {
    const { deployments, flows } = await loaded('frozen');
    const frozen = { readOnly: true, enum: [3] };
    expect(
      deployments.map(({ fields, parameterOpenapiSchema }) => [fields.parameters, parameterOpenapiSchema]),
    ).toEqual([
      [
        { n: 3, word: 'b' },
        {
          ...flows[0]?.parameterOpenapiSchema,
          properties: expect.objectContaining({ n: expect.objectContaining(frozen) }),
        },
      ],
      [{ n: 3 }, null],
    ]);
    expect(flows[0]?.parameterOpenapiSchema).not.toMatchObject({ properties: { n: frozen } });
  });
});

describe('what a build refuses', () => {
  beforeAll(() => void (process.env['SET_HERE'] = 'on this machine'));
  afterAll(() => void delete process.env['SET_HERE']);
  const HEAD = 'from prefect import flow\n@flow\ndef main(): pass\n';
  const cases: Record<
    string,
    { source: string; code: string; line: number | undefined; says: RegExp; load?: 'static' }
  > = {
    exit: { source: 'import sys\nsys.exit(3)\n', code: 'system-exit', line: 2, says: /SystemExit: 3/ },
    interrupt: { source: '\nraise KeyboardInterrupt\n', code: 'import-failed', line: 2, says: /KeyboardInterrupt/ },
    syntax: { source: 'x = 1\ndef broken(:\n', code: 'syntax-error', line: 2, says: /SyntaxError/ },
    package: {
      source: '\nimport no_such_package.sub\n',
      code: 'module-not-found',
      line: 2,
      says: /`import no_such_package`.*load: static/,
    },
    unshipped: {
      source: 'from lib.absent import x\n',
      code: 'module-not-found',
      line: 1,
      says: /lib\.absent.*gitignore/,
    },
    raises: {
      source: 'def f():\n    raise ValueError("bad thing")\nf()\n',
      code: 'import-failed',
      line: 2,
      says: /ValueError: bad thing/,
    },
    variable: {
      source: 'import os\nos.environ["ABSENT"]\n',
      code: 'environment-variable-missing',
      line: 2,
      says: /ABSENT.*buildEnv/,
    },
    'variable-of-a-package': {
      // A package that asks for it: os.path.
      source: 'import os\nint(os.path.expandvars("$SET_HERE"))\n',
      code: 'import-failed',
      line: 2,
      says: /ValueError.*A package asked for SET_HERE, which is set on this machine.*`buildEnv`/,
    },
    serve: {
      source: `${HEAD}main.serve("x")\n`,
      code: 'serve-at-import',
      line: 4,
      says: /\.serve.*__main__.*to_deployment/,
    },
    deploy: {
      source: `${HEAD}try:\n    main.deploy("x", work_pool_name="p")\nexcept Exception: pass\n`,
      code: 'serve-at-import',
      line: 5,
      says: /\.deploy/,
    },
    'serve-all': {
      source: `${HEAD}from prefect import serve\nserve(main.to_deployment("x"))\n`,
      code: 'serve-at-import',
      line: 5,
      says: /prefect\.serve/,
    },
    'serve-async': {
      source: `${HEAD}import asyncio
from prefect import aserve
async def go():
    await aserve(main.to_deployment("x"))
asyncio.run(go())
`,
      code: 'serve-at-import',
      line: 7,
      says: /prefect\.aserve/,
    },
    'deploy-all': {
      source: `${HEAD}import prefect\nprefect.deploy(main.to_deployment("x"))\n`,
      code: 'serve-at-import',
      line: 5,
      says: /prefect\.deploy/,
    },
    source: {
      source: 'from prefect import flow\nf = flow.from_source("https://example.com/r.git", "a.py:b")\n',
      code: 'serve-at-import',
      line: 2,
      says: /from_source/,
    },
    run: { source: `${HEAD}main()\n`, code: 'run-at-import', line: 4, says: /__main__/ },
    network: {
      source: 'import urllib.request\nurllib.request.urlopen("http://example.com")\n',
      code: 'network-at-import',
      line: 2,
      says: /example\.com/,
    },
    variables: {
      source: 'from prefect.variables import Variable\nVariable.get("x", default=1)\n',
      code: 'network-at-import',
      line: 2,
      says: /Prefect API/,
    },
    block: {
      source: 'from prefect.blocks.system import Secret\nSecret.load("x")\n',
      code: 'network-at-import',
      line: 2,
      says: /Prefect API/,
    },
    integer: {
      source: `${HEAD}d = main.to_deployment("x", parameters={"ids": [9007199254740991, -9007199254740992]})\n`,
      code: 'integer-too-large',
      line: undefined,
      says: /deployments\[0\]\.parameters\.ids\[1\] is -9007199254740992: .*as text/,
    },
    'integer-default': {
      source: 'from prefect import flow\n@flow\ndef main(n: int = 2**53): pass\n',
      code: 'integer-too-large',
      line: 3,
      says: /flows\[0\]\.parameterOpenapiSchema\.properties\.n\.default/,
    },
    nan: {
      source: 'from prefect import flow\n@flow\ndef main(limits: list = [1.0, float("nan")]): pass\n',
      code: 'not-finite',
      line: 3,
      says: /default of limits\[1\] is nan/,
    },
    'nan-model': {
      source: `from prefect import flow
from pydantic import BaseModel
class Limit(BaseModel):
    top: float = float("inf")
@flow
def main(limit: Limit): pass
`,
      code: 'not-finite',
      line: 6,
      says: /schema of main\.definitions\.Limit\.properties\.top\.default is inf/,
    },
    'nan-static': {
      source: 'from prefect import flow\n@flow\ndef main(x: float = float("-inf")): pass\n',
      code: 'not-finite',
      line: 3,
      says: /schema of main\.properties\.x\.default is -inf/,
      load: 'static',
    },
    'nan-parameter': {
      source: `${HEAD}from prefect.schedules import Cron
d = main.to_deployment("x", schedule=Cron("0 1 * * *", parameters={"a": {"b": float("nan")}}))
`,
      code: 'not-finite',
      line: 5,
      says: /deployment "x": schedules\[0\]\.parameters\.a\.b is nan/,
    },
    object: {
      source: `${HEAD}d = main.to_deployment("x", parameters={"fine": 1, "how": [object()]})\n`,
      code: 'parameter-not-json',
      line: 4,
      says: /deployment "x": parameters\.how can't be written as JSON.*Pass a JSON value/,
    },
    random: {
      source: 'import random\nfrom prefect import flow\n@flow\ndef main(x: float = random.random()): pass\n',
      code: 'not-deterministic',
      line: 4,
      says: /flows\[0\]\.parameterOpenapiSchema\.properties\.x\.default/,
    },
    path: {
      source: `from pathlib import Path
from prefect import flow
@flow
def main(p: str = str(Path(__file__).parent / "q.sql")): pass
`,
      code: 'absolute-path',
      line: 4,
      says: /properties\.p\.default/,
    },
    'static-syntax': { source: 'def broken(:\n', code: 'syntax-error', line: 1, says: /SyntaxError/, load: 'static' },
  };
  const { error } = together(() =>
    Object.entries(cases).map(([id, { source, load = 'import' as const }]) =>
      ship(id, { 'flow.py': source, '/lib/__init__.py': '' }, { load }),
    ),
  );

  it.each(Object.entries(cases))('%s', async (id, { code, line, says }) => {
    const { error: found } = await error(id);
    expect(found.message).toMatch(says);
    expect([found.code, found.place]).toEqual([code, { file: `flows/p/${id}/flow.py`, ...(line && { line }) }]);
  });

  it('cuts the traceback to the frames of the user, and keeps the whole one', async () => {
    const { error: found, fullTraceback } = await error('raises');
    expect(found.detail).toBe(
      `  File "flows/p/raises/flow.py", line 3, in <module>
    f()
  File "flows/p/raises/flow.py", line 2, in f
    raise ValueError("bad thing")
ValueError: bad thing`,
    );
    expect(fullTraceback).toContain('importlib._bootstrap');
  });
});

describe('a main guard', () => {
  const GUARD = 'if __name__ == "__main__":\n';
  const twoFlows = 'from prefect import flow, serve, deploy\n@flow\ndef main(): pass\n@flow\ndef other(): pass\n';
  /** What stands under the guard, and what declares the same at module level. */
  const same: Record<string, [guarded: string, plain: string]> = {
    deploy: [
      `${GUARD}    main.deploy(name="prod", work_pool_name="p", cron="0 2 * * *", tags=["a"], push=False)`,
      'a = main.to_deployment("prod", work_pool_name="p", cron="0 2 * * *", tags=["a"])',
    ],
    serve: [
      `${GUARD}    print(1 / 0)\n    main.serve(interval=60, global_limit=3, limit=2, webserver=True)`,
      'a = main.to_deployment("main", interval=60, concurrency_limit=3)',
    ],
    'serve-all': [
      `${GUARD}    a = main.to_deployment("x", paused=True)\n    serve(a, other.to_deployment("y"), limit=1)`,
      'a = main.to_deployment("x", paused=True)\nb = other.to_deployment("y")',
    ],
    'serve-imported': [
      `${GUARD}    from prefect import serve as serve\n    serve(main.to_deployment("x"))`,
      'a = main.to_deployment("x")',
    ],
    'deploy-all': [
      `${GUARD}    import prefect
    prefect.deploy(main.to_deployment("x", job_variables={"a": 1}), work_pool_name="p", image="i:1", build=False)`,
      'a = main.to_deployment("x", job_variables={"a": 1, "image": "i:1"}, work_pool_name="p")',
    ],
    loop: [
      `${GUARD}    regions = ["eu", "us"]\n    for region in regions:\n        main.deploy(region, work_pool_name="p")`,
      'a = [main.to_deployment(region, work_pool_name="p") for region in ("eu", "us")]',
    ],
    flows: [
      `${GUARD}    for each in [main, other]:\n        each.deploy("x", work_pool_name="p")`,
      'a = [main.to_deployment("x", work_pool_name="p"), other.to_deployment("x", work_pool_name="p")]',
    ],
    function: [
      `def go(name):\n    main.deploy(name, work_pool_name="p")\nif "__main__" == __name__:\n    go("x")`,
      'a = main.to_deployment("x", work_pool_name="p")',
    ],
    async: [
      `import asyncio
async def go():
    await main.deploy("x", work_pool_name="p")
    await main.adeploy("y", work_pool_name="p")
${GUARD}    asyncio.run(go())`,
      'a = [main.to_deployment("x", work_pool_name="p"), main.to_deployment("y", work_pool_name="p")]',
    ],
    source: [
      `${GUARD}    from pathlib import Path
    main.from_source(str(Path(__file__).parent), entrypoint="flow.py:main").deploy("x", work_pool_name="p")`,
      'a = main.to_deployment("x", work_pool_name="p")',
    ],
    both: [
      `a = main.to_deployment("x")\n${GUARD}    main.deploy("y", work_pool_name="p")`,
      'a = main.to_deployment("x")\nb = main.to_deployment("y", work_pool_name="p")',
    ],
    neither: [
      `import http.server
server = http.server.HTTPServer
${GUARD}    main()\n    app = server(("", 0))\n    app.serve()`,
      '',
    ],
  };
  const refused: Record<string, [source: string, line: number | undefined, says: RegExp]> = {
    arguments: [
      `${GUARD}    import sys\n    main.deploy(sys.argv[5], work_pool_name="p")`,
      8,
      /`main\.deploy\(sys\.argv\[5\].*IndexError.*to_deployment/,
    ],
    elsewhere: [`${GUARD}    main.from_source("https://example.com/r.git", "a.py:b").deploy("x")`, 7, /another file/],
  };
  /** The same in a `deployments.py`. */
  const beside: Record<string, [beside: string, plain: string]> = {
    deploy: [
      'from flow import main\nmain.deploy("x", work_pool_name="p", cron="0 1 * * *")\n',
      'a = main.to_deployment("x", work_pool_name="p", cron="0 1 * * *")',
    ],
    guarded: [
      `import prefect\nimport flow\n${GUARD}    prefect.serve(flow.made, flow.main.to_deployment("x"), limit=2)\n`,
      'a = main.to_deployment("x")',
    ],
    bound: ['from .flow import main, other\nall = [other.to_deployment("x")]\n', 'a = other.to_deployment("x")'],
  };
  const { loaded, error } = together(() => [
    ...Object.entries(same).flatMap(([id, [guarded, plain]]) => [
      ship(`${id}-guarded`, { 'flow.py': `${twoFlows}${guarded}\n` }),
      ship(`${id}-plain`, { 'flow.py': `${twoFlows}${plain}\n` }),
    ]),
    ...Object.entries(refused).map(([id, [source]]) => ship(`refused-${id}`, { 'flow.py': twoFlows + source })),
    ship('builds', { 'flow.py': `${twoFlows}${GUARD}    main.deploy("x", work_pool_name="p", image="i:1")\n` }),
    ship('static', { 'flow.py': `${twoFlows}${GUARD}    main.serve("x")\n` }, { load: 'static' }),
    ship('static-module', { 'flow.py': `${twoFlows}a = main.to_deployment("x")\n` }, { load: 'static' }),
    ship('static-beside', { 'flow.py': twoFlows, 'deployments.py': beside.deploy![0] }, { load: 'static' }),
    ...Object.entries(beside).flatMap(([id, [text, plain]]) => [
      ship(`${id}-beside`, { 'flow.py': `${twoFlows}made = main.to_deployment("made")\n`, 'deployments.py': text }),
      ship(`${id}-beside-plain`, { 'flow.py': `${twoFlows}made = main.to_deployment("made")\n${plain}\n` }),
    ]),
    ship('beside-others', {
      'flow.py': twoFlows,
      'deploy_all.py': `from flow import main
from nightly import nightly
main.to_deployment("lost")
if __name__ == "__main__":
    for each in (main, nightly):
        each.deploy("d", work_pool_name="p")
`,
      'nightly.py': 'from prefect import flow\n@flow\ndef nightly(): pass\n',
    }),
    ship('beside-fails', { 'flow.py': twoFlows, 'deployments.py': 'from flow import main\nmain.deploy(1 / 0)\n' }),
    ship('beside-fails-guarded', {
      'flow.py': twoFlows,
      'deployments.py': `from flow import main\n${GUARD}    main.deploy(1 / 0)\n`,
    }),
    ship('beside-runs', { 'flow.py': twoFlows, 'deployments.py': 'from flow import main\nmain.deploy("x")\nmain()\n' }),
  ]);

  it.each(Object.keys(same))('declares what to_deployment would: %s', async (id) => {
    const of = async (which: string) =>
      (await loaded(`${id}-${which}`)).deployments.map((deployment) => ({
        ...deployment,
        attribute: 'any',
        file: 'any',
      }));
    expect(await of('guarded')).toEqual(await of('plain'));
  });

  it.each(Object.entries(refused))('is refused with its line: %s', async (id, [, line, says]) => {
    const { error: found } = await error(`refused-${id}`);
    expect(found.message).toMatch(says);
    expect([found.code, found.place?.line]).toEqual(['main-guard', line]);
  });

  it('says that an image is not built here', async () => {
    expect((await loaded('builds')).unregistered).toEqual([
      expect.stringMatching(/builds the image "i:1".*docker-deploy/),
    ]);
  });

  it.each([
    ['static', /main\.serve\('x'\).*load: static.*prefect\.yaml/],
    ['static-module', /main\.to_deployment\('x'\).*load: static.*prefect\.yaml/],
    ['static-beside', /deployments\.py declares.*line 2.*main\.deploy\('x'.*load: static.*prefect\.yaml/],
  ])('is refused where no file is run: %s', async (id, says) => {
    expect((await error(id)).error.message).toMatch(says);
  });

  it.each(Object.keys(beside))('counts in a file beside the flow: %s', async (id) => {
    const of = async (which: string) =>
      (await loaded(`${id}-${which}`)).deployments.map(({ fields, flowAttribute }) => ({ fields, flowAttribute }));
    expect(await of('beside')).toEqual(await of('beside-plain'));
    const [made, ...more] = (await loaded(`${id}-beside`)).deployments.map(({ file }) => file);
    expect([made, ...new Set(more)]).toEqual(
      ['flow.py', 'deployments.py'].map((file) => `flows/p/${id}-beside/${file}`),
    );
  });

  it('in a file beside the flow that deploys flows of others too is said for these', async () => {
    const { deployments, unregistered } = await loaded('beside-others');
    expect(deployments.map(({ fields, flowAttribute }) => [fields.name, flowAttribute])).toEqual([['d', 'main']]);
    expect(unregistered).toEqual([
      'flows/p/beside-others/deploy_all.py: the deployment "d" is of nightly, a flow of another file; ' +
        'declare it beside that file.',
      expect.stringMatching(/^to_deployment\("lost"\) at line 3 is bound to no name/),
    ]);
  });

  it.each([
    ['beside-fails', 'import-failed', 2, /ZeroDivisionError/],
    ['beside-fails-guarded', 'main-guard', 3, /main\.deploy\(1 \/ 0\).*ZeroDivisionError/],
    ['beside-runs', 'run-at-import', 3, /is run while/],
  ])('in a file beside the flow is refused with its line: %s', async (id, code, line, says) => {
    const { error: found } = await error(id);
    expect(found.message).toMatch(says);
    expect([found.code, found.place]).toEqual([code, { file: `flows/p/${id}/deployments.py`, line }]);
  });
});

describe('a process that does not survive', () => {
  const { loaded, error } = together(
    () => [
      ship('before', { 'flow.py': FLOW() }),
      ship('hangs', { 'flow.py': 'print("starting")\nimport time\ntime.sleep(600)\n' }),
      ship('between', { 'flow.py': FLOW() }),
      ship('leaves', { 'flow.py': 'import os\nprint("bye")\nos._exit(7)\n' }),
      ship('crashes', { 'flow.py': 'import ctypes\nctypes.string_at(0)\n' }),
      ship('after', { 'flow.py': FLOW() }),
    ],
    { timeLimit: 10 },
  );

  it('fails the flow that hangs, with the line', async () => {
    const { error: found, output } = await error('hangs');
    expect([found.code, found.place]).toEqual(['time-limit', { file: 'flows/p/hangs/flow.py', line: 3 }]);
    expect(output).toContain('starting');
  });

  it('fails the flow that ends the process, with its exit code and last words', async () => {
    const { error: found, output } = await error('leaves');
    expect(found.code).toBe('worker-died');
    expect(found.message).toContain('exit code 7');
    expect(output).toContain('bye');
  });

  it('fails the flow that crashes it, with the signal and the line', async () => {
    const { error: found } = await error('crashes');
    expect(found.message).toContain('SIGSEGV');
    expect(found.place).toEqual({ file: 'flows/p/crashes/flow.py', line: 2 });
  });

  it('loads all others', async () => {
    for (const id of ['before', 'between', 'after']) expect((await loaded(id)).flows).toHaveLength(1);
  });
});

describe('flows of one worker', () => {
  it('gives a flow its own sibling where an earlier flow has loaded the package of that name', async () => {
    const outcomes = await outcomesOf([
      ship('imports-package', { 'flow.py': 'import this\n' + FLOW() }),
      ship('has-sibling', { 'flow.py': 'from this import mine\nprint(mine)\n' + FLOW(), 'this.py': 'mine = "my own"' }),
      // Prefect loads pytz with the first cron schedule: here before the flow, but not where the flow runs.
      ship('warm', { 'flow.py': 'import pytz\nprint(pytz.mine)\n' + FLOW(), 'pytz.py': 'mine = "my own"' }),
    ]);
    for (const id of ['has-sibling', 'warm']) {
      expect(outcomes.get(id)).toMatchObject({ loaded: { ok: true, warnings: [] }, output: 'my own\n' });
    }
  });

  it("shows a package as it is where it found an earlier flow's file", async () => {
    // The standard library's cProfile does `import profile`, as a package might import what a flow's file is named
    // like.
    const outcomes = await outcomesOf([
      ship('hides', {
        'flow.py': 'import cProfile\nassert cProfile._pyprofile.mine\n' + FLOW(),
        'profile.py': 'mine = True\ndef run(): pass\ndef runctx(): pass\n',
      }),
      ship('needs', { 'flow.py': 'import cProfile\nassert not hasattr(cProfile._pyprofile, "mine")\n' + FLOW() }),
    ]);
    expect([...outcomes.values()].map((outcome) => 'loaded' in outcome)).toEqual([true, true]);
  });
});

describe('load: static', () => {
  const { loaded } = together(() => [
    ship(
      'static',
      {
        'flow.py': `import prefect, no_such_package
from prefect import flow
from prefect.blocks.core import Block
class Cache(Block): pass

@flow(name="Static", version=None)
def main(n: int = 2, frame: "no_such_package.Frame" = None, cache: Cache = None):
    """Text."""
    other()

@prefect.flow(name="Other")
async def other(): pass

def plain(): pass
`,
      },
      { load: 'static' },
    ),
  ]);

  it('reads names, schemas and descriptions without the packages', async () => {
    const { flows, deployments } = await loaded('static');
    expect(flows).toMatchObject([
      {
        attribute: 'main',
        flowName: 'Static',
        line: 7,
        definedHere: true,
        calledHere: false,
        description: 'Text.',
        version: null,
        parameterOpenapiSchema: { properties: { n: { type: 'integer', default: 2 } } },
      },
      { attribute: 'other', flowName: 'Other', line: 12, calledHere: true },
    ]);
    expect(deployments).toEqual([]);
  });
});

describe('what a request names, made when it is its turn', () => {
  const requests = ['made-1', 'unmade', 'dies', 'made-2'].map((id) => ({
    id,
    root: '',
    path: `flows/p/${id}/flow.py`,
    load: 'import' as const,
    ship: 'script' as const,
    env: {},
  }));
  const prepare = (request: LoadRequest) => {
    if (request.id === 'unmade') throw new Error('no such file');
    return ship(request.id, { 'flow.py': request.id === 'dies' ? 'import os\nos._exit(3)\n' : FLOW() });
  };

  it('fails that flow alone where it cannot be made, also beside one that takes the process down', async () => {
    const outcomes = await outcomesOf(requests, { prepare });
    expect([...outcomes.keys()]).toEqual(['made-1', 'unmade', 'dies', 'made-2']);
    expect(outcomes.get('unmade')).toMatchObject({ error: { message: 'no such file' }, output: '' });
    expect(outcomes.get('dies')).toMatchObject({ error: { code: 'worker-died' } });
    for (const id of ['made-1', 'made-2']) expect(outcomes.get(id)).toMatchObject({ loaded: { ok: true } });
  });

  it('has its time limit to itself: what Node does with another flow does not count', async () => {
    const codes: unknown[] = [];
    for await (const outcome of loadFlows(PYTHON, [requests[0]!, requests[3]!], { prepare, timeLimit: 3 })) {
      codes.push('error' in outcome ? outcome.error : outcome.loaded.ok);
      for (const until = Date.now() + 3500; Date.now() < until;);
    }
    expect(codes).toEqual([true, true]);
  });

  it('gives an outcome of one flow while later ones are loaded, in their order', async () => {
    const many = Array.from({ length: 6 }, (_, at) => ({
      ...requests[0]!,
      id: `many-${at}`,
      path: `flows/p/many-${at}/flow.py`,
    }));
    const seen: string[] = [];
    const watched = (request: LoadRequest) => {
      seen.push(`prepare ${request.id}`);
      return ship(request.id, { 'flow.py': FLOW() });
    };
    for await (const { id } of loadFlows(PYTHON, many, { prepare: watched })) seen.push(id);
    expect(seen.filter((each) => !each.startsWith('prepare'))).toEqual(many.map(({ id }) => id));
    expect(seen.indexOf('many-0')).toBeLessThan(seen.indexOf('prepare many-5'));
  });
});

describe('a Python that cannot do it', () => {
  it('says that Prefect is missing, and how to install it', async () => {
    const bare = join(scratch, 'bare-venv');
    // A virtual environment is a folder with this file and a link to the interpreter.
    mkdirSync(join(bare, 'bin'), { recursive: true });
    const home = dirname(realpathSync(PYTHON));
    writeFileSync(join(bare, 'pyvenv.cfg'), `home = ${home}\n`);
    writeFileSync(join(bare, 'bin/python'), `#!/bin/sh\nexec "${realpathSync(PYTHON)}" -S "$@"\n`, { mode: 0o755 });
    const outcomes = loadFlows(join(bare, 'bin/python'), [ship('no-prefect', { 'flow.py': FLOW() })]);
    await expect(outcomes.next()).rejects.toMatchObject({
      code: 'prefect-not-found',
      next: expect.stringContaining('uv sync'),
    });
  });

  it('refuses Prefect 2 by name, also where it can not be imported', async () => {
    const site = join(scratch, 'prefect-2');
    mkdirSync(join(site, 'prefect'), { recursive: true });
    mkdirSync(join(site, 'prefect-2.20.16.dist-info'));
    writeFileSync(
      join(site, 'prefect-2.20.16.dist-info/METADATA'),
      'Metadata-Version: 2.1\nName: prefect\nVersion: 2.20.16\n',
    );
    writeFileSync(join(site, 'prefect/__init__.py'), 'raise TypeError("of pydantic")\n');
    const python = join(scratch, 'venv-of-2/bin/python');
    mkdirSync(dirname(python), { recursive: true });
    writeFileSync(join(scratch, 'venv-of-2/pyvenv.cfg'), `home = ${dirname(realpathSync(PYTHON))}\n`);
    const start = `#!/bin/sh\nPYTHONPATH="${site}" exec "${PYTHON}" "$@"\n`;
    writeFileSync(python, start, { mode: 0o755 });
    const outcomes = loadFlows(python, [ship('two', { 'flow.py': FLOW() })]);
    await expect(outcomes.next()).rejects.toMatchObject({
      code: 'prefect-unsupported',
      message: expect.stringMatching(/Prefect 2\.20\.16 is installed in .*install `prefect>=3` there/),
    });
  });

  it('starts what a shim that needs the home of its user starts', async () => {
    // The last resort of the search, `python3` on the PATH, is often such a shim of pyenv, asdf or mise.
    const versions = join(scratch, 'home/versions');
    mkdirSync(versions, { recursive: true });
    const shim = join(scratch, 'home/shims/python3');
    mkdirSync(dirname(shim));
    writeFileSync(join(versions, 'python'), `#!/bin/sh\nexec "${PYTHON}" "$@"\n`, { mode: 0o755 });
    writeFileSync(shim, '#!/bin/sh\nexec "$HOME/versions/python" "$@"\n', { mode: 0o755 });
    const home = process.env['HOME'];
    process.env['HOME'] = join(scratch, 'home');
    try {
      const outcomes = await outcomesOf([ship('through-a-shim', { 'flow.py': FLOW() })], {}, shim);
      expect(outcomes.get('through-a-shim')).toMatchObject({ loaded: { ok: true } });
    } finally {
      if (home === undefined) delete process.env['HOME'];
      else process.env['HOME'] = home;
    }
  });

  it('says so when it is no Python at all', async () => {
    const outcomes = loadFlows(join(scratch, 'nowhere'), [ship('no-python', { 'flow.py': FLOW() })]);
    await expect(outcomes.next()).rejects.toMatchObject({
      code: 'worker-start',
      message: expect.stringContaining('ENOENT'),
    });
  });
});
