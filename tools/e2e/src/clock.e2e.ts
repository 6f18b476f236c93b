import { rmSync } from 'node:fs';
import { type DevelopmentServer, startServer } from 'prefect1-server';
import { contents, different } from './parts/contents';
import { Prefect } from './parts/prefect';
import { PREFECT1_VERSIONS, describeWith, prefect1Environment, pythonOf } from './parts/prefect1';
import { Prefect1Api } from './parts/prefect1-api';
import { shiftedEnvironment } from './parts/shifted-python';
import { PYTHON, type Ran, Workspace, expectSuccess } from './parts/workspace';

const DAY = 86_400;
const LATER: [when: string, seconds: number][] = [
  ['an hour', 3600],
  ['a day', DAY],
  ['40 days', 40 * DAY],
];

/** What people compute of the clock while a flow is loaded. */
const MOMENTS = {
  now: 'datetime.now()',
  soon: 'datetime.utcnow() + timedelta(seconds=1)',
  aware: 'datetime.now(timezone.utc)',
  five: 'datetime.fromtimestamp(time.time() // 300 * 300)',
  hour: 'datetime.utcnow().replace(minute=0, second=0, microsecond=0)',
  midnight: 'datetime.combine(date.today(), datetime.min.time())',
};
const HEAD = 'import time\nfrom datetime import date, datetime, timedelta, timezone\n';

const PREFECT3 = Object.fromEntries(
  Object.entries(MOMENTS).map(([name, moment]) => [
    `flows/project_1/${name}/flow.py`,
    `${HEAD}from prefect import flow
from prefect.schedules import Interval, RRule

at = ${moment}


@flow(name="${name}")
def main(
    start: datetime = at,
    text: str = f"until {at:%B %d}",
    number: float = time.time(),
    fixed: date = date(2024, 1, 1),
):
    pass


nightly = main.to_deployment("nightly", parameters={"text": str(at), "n": 1}, schedules=[
    Interval(3600, anchor_date=at),
    RRule(f"DTSTART:{at:%Y%m%dT%H%M%S}\\nRRULE:FREQ=DAILY;COUNT=30"),
])
unanchored = main.to_deployment("unanchored", interval=3600)
`,
  ]),
);

const PREFECT1 = Object.fromEntries(
  Object.entries(MOMENTS).map(([name, moment]) => [
    `flows/project_1/${name}/flow.py`,
    `${HEAD}import pendulum
from dateutil import rrule
from prefect import Flow, Parameter
from prefect.schedules import IntervalSchedule, Schedule, filters
from prefect.schedules.clocks import CronClock, DatesClock, IntervalClock, RRuleClock

at = ${moment}
with Flow("${name}", schedule=IntervalSchedule(start_date=at, interval=timedelta(hours=1))) as flow:
    flow.add_task(Parameter("at", default=str(at)))
    flow.add_task(Parameter("fixed", default="2024-01-01"))
with Flow("${name} by pendulum", schedule=Schedule([
    CronClock("0 6 * * *", start_date=at, end_date=at + timedelta(days=30)),
    CronClock(f"{at.minute} {at.hour} * * *", parameter_defaults={"day": f"{at:%Y-%m-%d}", "n": at.year}),
    DatesClock([pendulum.now().add(days=1), pendulum.today("Europe/Berlin"), pendulum.tomorrow()]),
    RRuleClock(rrule.rrule(rrule.DAILY, dtstart=at, count=9)),
    IntervalClock(timedelta(hours=1), start_date=pendulum.now("Europe/Berlin").start_of("hour").add(minutes=5)),
], filters=[filters.between_datetimes(pendulum.now(), pendulum.now().add(years=1))])) as other:
    day = Parameter("day", default={"from": (at - timedelta(days=7)).isoformat(), "n": [1, time.time()]})
    other.add_task(day)
    other.add_task(Parameter("n", default=date.today().isocalendar()[1]))
`,
  ]),
);

async function workspaceOf(files: Record<string, string>, python: string, seconds: number): Promise<Workspace> {
  const made = await Workspace.create(files);
  shiftedEnvironment(made.path('flows/project_1/.venv'), python, seconds);
  return made;
}

/** The same workspace on a machine whose clock is ahead. */
function at(made: Workspace, python: string, seconds: number): void {
  rmSync(made.path('flows/project_1/.venv'), { recursive: true });
  shiftedEnvironment(made.path('flows/project_1/.venv'), python, seconds);
}

function manifests(made: Workspace): Map<string, Buffer> {
  return new Map([...contents(made, 'dist/flows')].filter(([file]) => file.endsWith('manifest.json')));
}

const register = (made: Workspace, env: Record<string, string>) =>
  made.nx(['run-many', '-t', 'build', 'register', '--skip-nx-cache', '--output-style=static'], { env });

/** Every flow was built anew, and nothing written. */
function expectNoWrite({ code, output, tasks }: Ran): void {
  expectSuccess({ code, output });
  expect(output).not.toMatch(/: (created|updated)/);
  for (const name of Object.keys(MOMENTS)) {
    expect(tasks.get(`project_1-${name}:register`)).toBe('hit');
    expect(tasks.get(`project_1-${name}:build`)).toBe('done');
  }
}

describe('what the clock gives to flows of Prefect 3', () => {
  let prefect: Prefect;
  let made: Workspace;
  let env: Record<string, string>;
  beforeAll(async () => {
    prefect = await Prefect.start();
    await prefect.createPool();
    env = { PREFECT_API_URL: prefect.apiUrl };
    made = await workspaceOf(PREFECT3, PYTHON, 0);
  });
  afterAll(async () => {
    made?.dispose();
    await prefect?.stop();
  });

  it('is registered, and said', async () => {
    const { code, output } = await register(made, env);
    expect([code, output]).toEqual([0, expect.stringContaining('start.default comes from the clock')]);
    const held = (await prefect.deployments()).get('hour/nightly') as unknown as {
      parameters: { text: string };
      schedules: { schedule: { rrule?: string; anchor_date?: string } }[];
    };
    expect(held.parameters.text).toMatch(/^20\d\d-\d\d-\d\d \d\d:00:00$/);
    expect(held.schedules.flatMap(({ schedule }) => schedule.rrule ?? [])).toEqual([
      expect.stringMatching(/^DTSTART:20\d{6}T\d\d0000\nRRULE:/),
    ]);
  });

  it.each(LATER)('makes no other manifest and no write %s later', async (_when, seconds) => {
    const before = manifests(made);
    expect(before.size).toBe(Object.keys(MOMENTS).length);
    at(made, PYTHON, seconds);
    expectNoWrite(await register(made, env));
    expect(different(before, manifests(made))).toEqual([]);
  });
});

for (const release of PREFECT1_VERSIONS) {
  describeWith([release], `what the clock gives to flows of Prefect ${release}`, () => {
    const python = pythonOf(prefect1Environment(release));
    let server: DevelopmentServer;
    let made: Workspace;
    let env: Record<string, string>;
    beforeAll(async () => {
      made = await workspaceOf(PREFECT1, python, 0);
      server = await startServer({ data: made.path('server.jsonl') });
      env = { PREFECT__BACKEND: 'server', PREFECT__SERVER__ENDPOINT: server.url };
    });
    afterAll(async () => {
      await server?.stop();
      made?.dispose();
    });

    it('is registered, and said', async () => {
      const { code, output } = await register(made, env);
      expect([code, output]).toEqual([0, expect.stringContaining('comes from the clock')]);
      const { serialized_flow: flow } = (await new Prefect1Api(server.url).current('project_1', 'hour')) as unknown as {
        serialized_flow: { schedule: { clocks: { start_date: { dt: string } }[] } };
      };
      expect(flow.schedule.clocks[0]?.start_date.dt).toMatch(/^20\d\d-\d\d-\d\dT\d\d:00:00/);
    });

    it.each(LATER)('makes no other manifest and no write %s later', async (_when, seconds) => {
      const before = manifests(made);
      at(made, python, seconds);
      expectNoWrite(await register(made, env));
      expect(different(before, manifests(made))).toEqual([]);
    });
  });
}
