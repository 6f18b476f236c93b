import { type Deployment, Prefect } from './parts/prefect';
import { Workspace, expectSuccess } from './parts/workspace';

/**
 * One flow for each way to declare something: what the server makes of it must read as unchanged. Keys are flows,
 * values what follows `def main` (or a whole file, where it starts with `from`).
 */
const IN_CODE: Record<string, string> = {
  bare: '',
  cron: 'd = main.to_deployment("d", cron="0 1 * * *")',
  cron_zone: 'd = main.to_deployment("d", schedule=Cron("0 1 * * *", timezone="Europe/Paris"))',
  cron_day_or: 'd = main.to_deployment("d", schedule=Cron("0 1 1 * 5", day_or=False, timezone="UTC"))',
  cron_list: 'd = main.to_deployment("d", cron=["0 1 * * *", "0 2 * * *"])',
  interval:
    'd = main.to_deployment("d", schedule=Interval(3600, anchor_date=datetime(2024, 1, 1, tzinfo=timezone.utc)))',
  interval_zone:
    'd = main.to_deployment("d", schedule=Interval(timedelta(days=1, seconds=0.5), ' +
    'anchor_date=datetime(2024, 1, 1, 6, tzinfo=ZoneInfo("Europe/Paris")), timezone="Europe/Paris"))',
  interval_naive:
    'd = main.to_deployment("d", schedule=Interval(60, ' +
    'anchor_date=datetime(2024, 1, 1, 6), timezone="America/New_York"))',
  rrule_daily: 'd = main.to_deployment("d", rrule="FREQ=DAILY")',
  rrule_minutely: 'd = main.to_deployment("d", rrule="RRULE:FREQ=MINUTELY;INTERVAL=7")',
  rrule_zone: 'd = main.to_deployment("d", schedule=RRule("FREQ=MINUTELY;INTERVAL=1", timezone="Europe/Paris"))',
  rrule_start: 'd = main.to_deployment("d", rrule="DTSTART:20240101T090000\\nRRULE:FREQ=HOURLY;COUNT=30")',
  rrule_tzid:
    'd = main.to_deployment("d", rrule="DTSTART;TZID=Europe/Paris:20240101T090000\\nRRULE:FREQ=WEEKLY;BYDAY=MO,WE")',
  rrule_object:
    'd = main.to_deployment("d", schedule=RRuleSchedule(rrule="FREQ=SECONDLY;INTERVAL=30", timezone="Asia/Tokyo"))',
  several: `d = main.to_deployment("d", schedules=[
    Cron("0 2 * * *", timezone="Europe/Paris", slug="two", parameters={"n": 2, "deep": {"a": [1, None, 1.5]}}),
    Interval(3600, anchor_date=datetime(2024, 1, 1, tzinfo=timezone.utc), active=False),
    RRule("FREQ=DAILY", slug="daily"),
    DeploymentScheduleCreate(schedule=CronSchedule(cron="0 3 * * *"), max_scheduled_runs=5, slug="few")])`,
  inactive: 'd = main.to_deployment("d", schedule=Cron("0 1 * * *", active=False))',
  paused: 'd = main.to_deployment("d", cron="0 1 * * *", paused=True)',
  parameters: `from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from uuid import UUID
from prefect import flow
@flow
def main(**values): pass
d = main.to_deployment("d", enforce_parameter_schema=False, parameters={
    "text": "é \\u2028 \\n \\"quoted\\" {{ not.a.placeholder }}", "empty": "", "none": None, "yes": True,
    "n": 9007199254740991, "zero": 0, "whole": 2.0, "small": 1e-7, "big": 1e22, "minus": -0.0,
    "list": [[], {}, [1, [2]]], "dict": {"b": 1, "a": {"10": 1, "9": 2}}, "tuple": (1, 2), "set": {3},
    "date": date(2024, 1, 1), "moment": datetime(2024, 1, 1, tzinfo=timezone.utc),
    "span": timedelta(hours=1), "money": Decimal("1.10"), "path": Path("data/in.csv"), "uuid": UUID(int=1),
    "bytes": b"raw"})`,
  limit: 'd = main.to_deployment("d", concurrency_limit=3)',
  limit_strategy:
    'd = main.to_deployment("d", concurrency_limit=ConcurrencyLimitConfig(limit=2, collision_strategy="CANCEL_NEW"))',
  limit_grace:
    'd = main.to_deployment("d", concurrency_limit=ConcurrencyLimitConfig(limit=2, ' +
    'collision_strategy="ENQUEUE", grace_period_seconds=120))',
  unenforced: 'd = main.to_deployment("d", enforce_parameter_schema=False, parameters={"unknown": 1})',
  pool:
    'd = main.to_deployment("d", work_pool_name="own", work_queue_name="fast", ' +
    'job_variables={"env": {"A": "1", "B": ""}, "working_dir": None, "deep": [{"x": 1.0}]})',
  empty_words: 'd = main.to_deployment("d", description="", version="", tags=[])',
  long_words:
    'd = main.to_deployment("d", description="# Title\\n\\n" + "long words, é, 日本 \\t" * 400 + "\\n", ' +
    'version="2024.1")',
  tags: 'd = main.to_deployment("d", tags=["b", "a", "b", "with space", "É"])',
  names:
    'other = main.with_options(name="other name")\n' +
    'many = [other.to_deployment("with space", tags=["t"]), main.to_deployment("2")]',
  schemas: `from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated, Literal, Optional, Union
from uuid import UUID
from prefect import flow
from pydantic import BaseModel, Field, SecretStr
class Kind(Enum):
    A = "a"
    B = "b"
class Inner(BaseModel):
    top: Annotated[float, Field(gt=0, le=1e22)] = 1.0
    day: date = date(2024, 1, 1)
class Outer(BaseModel):
    """What to load."""
    inner: Inner = Inner()
    more: dict[str, list[Inner]] = {}
    parent: Optional["Outer"] = None
@flow
def main(model: Outer, kind: Kind = Kind.A, day: date = date(2024, 1, 1), moment: datetime = datetime(2024, 1, 1),
         at: time = time(1), span: timedelta = timedelta(hours=1), money: Decimal = Decimal("1.10"),
         path: Path = Path("data"), names: set[str] = {"x"}, pair: tuple[int, str] = (1, "a"),
         word: Literal["x", 1, None] = None, either: Union[int, str, None] = "é", one: UUID = UUID(int=1),
         secret: SecretStr = SecretStr("no"), raw: bytes = b"raw", anything=None,
         big: int = 9007199254740991, small: float = 1e-9, *rest: int, **more: str):
    """Loads.

    Args:
        kind: which kind
    """
d = main.to_deployment("d", parameters={"model": {"inner": {"top": 2}}})`,
};

const HEAD = `from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo
from prefect import flow
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.objects import ConcurrencyLimitConfig
from prefect.client.schemas.schedules import CronSchedule, RRuleSchedule
from prefect.schedules import Cron, Interval, RRule
@flow(name="NAME", description="of the flow")
def main(n: int = 1, deep: dict = {}): pass
`;

/** The same in `prefect.yaml` files beside their flows. */
const IN_YAML: Record<string, string> = {
  ...Object.fromEntries(
    Object.entries({
      cron: '{cron: "0 1 * * *"}',
      cron_all: '{cron: "0 2 1 * 5", timezone: Europe/Paris, day_or: false, active: false, slug: two}',
      parameters_and_limit: '{cron: "0 2 * * *", slug: two, parameters: {"n": 2}}',
      anchor: '{interval: 3600, anchor_date: "2024-01-01T00:00:00+00:00", timezone: UTC}',
      anchor_naive: '{interval: PT1H30M, anchor_date: 2024-01-01 06:00:00, timezone: America/New_York}',
      no_anchor: '{interval: 60}',
      rrule: '{rrule: "FREQ=DAILY"}',
      rrule_minutely: '{rrule: "RRULE:FREQ=MINUTELY;INTERVAL=5", timezone: Europe/Paris}',
      rrule_tzid: '{rrule: "DTSTART;TZID=Europe/Paris:20240101T090000\\nRRULE:FREQ=WEEKLY"}',
      several: `{cron: "0 1 * * *"}
      - {interval: 60}
      - {interval: 90}
      - {rrule: "FREQ=DAILY"}
      - {cron: "0 1 * * *"}`,
    }).map(([name, schedules]) => [
      name,
      `\n  - name: d\n    entrypoint: flow.py:main\n    schedules:\n      - ${schedules}`,
    ]),
  ),
  words: `
  - name: d
    entrypoint: flow.py:main
    description: ""
    version: "1.10"
    tags: [b, a, b, 3, "{{ prefect.variables.many }}"]
    paused: "{{ $PAUSED }}"
    enforce_parameter_schema: false
    parameters: {n: 1.0, "yes": yes, octal: 0o17, day: 2024-01-01, none: null,
      text: "{{ prefect.variables.x }}", list: [1, [2]]}
    concurrency_limit: {limit: 2, collision_strategy: CANCEL_NEW}
    work_pool: {name: own, work_queue_name: fast, job_variables: {env: {A: "{{ $HOME_NAME }}"}}}
  - name: second
    entrypoint: flow.py:main
    schedule: {cron: "0 3 1 * 1", day_or: "{{ $PAUSED }}", active: "{{ $PAUSED }}"}
    concurrency_limit: "{{ $LIMIT }}"
    description: |
      Long words.

      ${'More of them. '.repeat(100)}
`,
};

function files(): Record<string, string> {
  const all: Record<string, string> = {};
  for (const [name, text] of Object.entries(IN_CODE)) {
    all[`flows/code/${name}/flow.py`] = text.startsWith('from')
      ? text.replace('@flow\n', `@flow(name="code-${name}")\n`)
      : HEAD.replace('NAME', `code-${name}`) + text + '\n';
  }
  for (const [name, text] of Object.entries(IN_YAML)) {
    all[`flows/yaml/${name}/flow.py`] = HEAD.replace('NAME', `yaml-${name}`);
    all[`flows/yaml/${name}/prefect.yaml`] = `deployments:${text}\n`;
  }
  return all;
}

describe('what a real Prefect 3 server makes of every kind of declaration', () => {
  let prefect: Prefect;
  let workspace: Workspace;
  let env: Record<string, string>;

  beforeAll(async () => {
    prefect = await Prefect.start();
    await prefect.createPool();
    await prefect.createPool('own');
    await prefect.call('POST', '/work_pools/own/queues', { name: 'fast' });
    await prefect.call('POST', '/variables/', { name: 'x', value: 'filled' });
    await prefect.call('POST', '/variables/', { name: 'many', value: ['one', 'two'] });
    env = { PREFECT_API_URL: prefect.apiUrl, HOME_NAME: 'home', PAUSED: 'true', LIMIT: '4' };
    workspace = await Workspace.create(files());
  });
  afterAll(async () => {
    workspace?.dispose();
    await prefect?.stop();
  });

  const updated = async () =>
    Object.fromEntries(
      [...(await prefect.deployments())].map(([name, deployment]: [string, Deployment]) => [name, deployment.updated]),
    );
  const register = (...more: string[]) => workspace.nx(['run-many', '-t', 'register', ...more], { env });
  const registers = (tasks: Map<string, string>) =>
    Object.fromEntries([...tasks].filter(([task]) => task.endsWith(':register')));
  const count = Object.keys(IN_CODE).length + Object.keys(IN_YAML).length;

  it('registers all of them', async () => {
    const first = await register();
    expect(first.output).not.toContain('Failed tasks');
    expectSuccess(first);
    expect(Object.keys(await updated())).toHaveLength(count + 2);
  });

  it('finds each as it was declared, and writes nothing', async () => {
    const before = await updated();
    const second = await register();
    expect(registers(second.tasks)).toEqual(
      Object.fromEntries(Object.keys(registers(second.tasks)).map((task) => [task, 'hit'])),
    );
    expect(Object.keys(registers(second.tasks))).toHaveLength(count);
    expect(await updated()).toEqual(before);
  });

  it('finds the same when everything is built and asked anew', async () => {
    const before = await updated();
    const third = await register('--skip-nx-cache');
    expectSuccess(third);
    expect(third.output).not.toMatch(/: (created|updated)/);
    expect(await updated()).toEqual(before);
  });
});
