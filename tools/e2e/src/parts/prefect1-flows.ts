/** A flow of Prefect 0.15 - 1.x with its siblings: `tasks.py` and `utils.py` have the same names in every folder. */
export function flow1Files(
  folder: string,
  { name = 'load', value = 1, body = 'work()', imports = '', settings = '' } = {},
): Record<string, string> {
  return {
    [`flows/${folder}/flow.py`]: `from prefect import Flow
from tasks import work
${imports}

with Flow("${name}") as flow:
    ${body}

${settings}
`,
    [`flows/${folder}/tasks.py`]: `from prefect import task
from utils import VALUE


@task
def work():
    return VALUE
`,
    [`flows/${folder}/utils.py`]: `VALUE = ${value}\n`,
    [`flows/${folder}/README.md`]: `# ${name}\n`,
  };
}

/** Shapes of flows whose registration says more than a name; 12, by folder. Each can run by itself. */
export const SHAPES1: Record<string, Record<string, string>> = {
  parameters: {
    'flow.py': `from prefect import Flow, Parameter
from tasks import total

with Flow("parameters", ) as flow:
    day = Parameter("day", default="today")
    limits = Parameter("limits", default={"low": 1, "high": [2.5, None]})
    total(day, limits)
`,
    'tasks.py': 'from prefect import task\n\n\n@task\ndef total(day, limits):\n    return (day, limits["low"])\n',
  },
  mapped: {
    'flow.py': `from prefect import Flow, unmapped
from tasks import numbers, scaled, summed
from utils import FACTOR

with Flow("mapped") as flow:
    summed(scaled.map(numbers(), unmapped(FACTOR)))
`,
    'tasks.py': `from prefect import task


@task
def numbers():
    return [1, 2, 3]


@task
def scaled(n, factor):
    return n * factor


@task(nout=2)
def summed(values):
    return sum(values), len(values)
`,
    'utils.py': 'FACTOR = 10\n',
  },
  cron: {
    'flow.py': `from prefect import Flow
from prefect.schedules import CronSchedule
from tasks import work

with Flow("cron", schedule=CronSchedule("0 3 * * 1-5")) as flow:
    work()
`,
    'tasks.py': task('1'),
  },
  interval: {
    'flow.py': `from datetime import timedelta

import pendulum
from prefect import Flow
from prefect.schedules import IntervalSchedule
from tasks import work

start = pendulum.datetime(2021, 3, 1, tz="Europe/Berlin")
with Flow("interval", schedule=IntervalSchedule(start_date=start, interval=timedelta(hours=6))) as flow:
    work()
`,
    'tasks.py': task('2'),
  },
  clocks: {
    'flow.py': `from prefect import Flow, Parameter
from prefect.schedules import Schedule, filters
from prefect.schedules.clocks import CronClock
from tasks import work

clocks = [
    CronClock("0 1 * * *", parameter_defaults={"region": "eu"}, labels=["eu"]),
    CronClock("0 9 * * *", parameter_defaults={"region": "us"}),
]
with Flow("clocks", schedule=Schedule(clocks=clocks, filters=[filters.is_weekday])) as flow:
    region = Parameter("region", required=True)
    work(region)
`,
    'tasks.py': 'from prefect import task\n\n\n@task\ndef work(region):\n    return region\n',
  },
  retries: {
    'flow.py': `from prefect import Flow
from tasks import always, flaky

with Flow("retries") as flow:
    always(upstream_tasks=[flaky()])
`,
    'tasks.py': `from datetime import timedelta

from prefect import task
from prefect.triggers import all_finished


@task(max_retries=3, retry_delay=timedelta(minutes=1), timeout=60)
def flaky():
    return 1


@task(trigger=all_finished)
def always():
    return 2
`,
  },
  tags: {
    'flow.py': `from prefect import Flow, tags
from tasks import work

with Flow("tags") as flow:
    with tags("warehouse", "nightly"):
        first = work()
    work(upstream_tasks=[first])
`,
    'tasks.py': task('3', '(tags=["own"], checkpoint=False, skip_on_upstream_skip=False)'),
  },
  branches: {
    'flow.py': `from prefect import Flow, case
from prefect.tasks.control_flow import merge
from tasks import is_weekend, work

with Flow("branches") as flow:
    weekend = is_weekend()
    with case(weekend, True):
        one = work()
    with case(weekend, False):
        other = work()
    merge(one, other)
    flow.set_reference_tasks([weekend])
`,
    'tasks.py': `from prefect import task


@task
def is_weekend():
    return False


${task('4').replace('from prefect import task\n\n\n', '')}`,
  },
  run_config: {
    'flow.py': `from prefect import Flow
from prefect.run_configs import ECSRun
from tasks import work

with Flow("run_config") as flow:
    work()

flow.run_config = ECSRun(
    labels=["own", "prod"],
    cpu=1024,
    memory="2 GB",
    env={"LEVEL": "debug"},
    run_task_kwargs={"cluster": "data", "launchType": "FARGATE"},
    task_role_arn="arn:aws:iam::123456789012:role/task",
)
`,
    'tasks.py': task('5'),
  },
  storage: {
    'flow.py': `from prefect import Flow
from prefect.run_configs import KubernetesRun
from prefect.storage import GitHub
from tasks import work

with Flow("storage") as flow:
    work()

flow.storage = GitHub(repo="team/flows", path="flows/project_1/storage/flow.py", ref="main", labels=["from-storage"])
flow.run_config = KubernetesRun(image="team/flows:1", cpu_request="500m", labels=["k8s"])
`,
    'tasks.py': task('6'),
  },
  results: {
    'flow.py': `from prefect import Flow
from prefect.engine.results import S3Result
from prefect.executors import LocalDaskExecutor
from prefect.storage import S3
from tasks import work

with Flow("results", result=S3Result("elsewhere"), executor=LocalDaskExecutor()) as flow:
    work()

flow.storage = S3("own-bucket", labels=["bucket"])
`,
    'tasks.py': `from prefect import task
from prefect.engine.results import PrefectResult


@task(result=PrefectResult(), target="{task_name}.txt", name="Keep it")
def work():
    return 7
`,
  },
  constants: {
    'flow.py': `from prefect import Flow, Task
from tasks import report

CONSTANT = {"rows": [1, 2.5, "drei"], "nested": {"ok": True}}


class Load(Task):
    def run(self, values):
        return len(values["rows"])


with Flow("constants") as flow:
    loaded = Load(name="load it")(CONSTANT)
    report(loaded, [loaded, 1], {"n": loaded}, loaded + 1)
`,
    'tasks.py': 'from prefect import task\n\n\n@task\ndef report(n, many, named, more):\n    return n + more\n',
  },
};

/** The shapes by workspace path. */
export function shape1Files(project: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(SHAPES1).flatMap(([folder, files]) =>
      Object.entries(files).map(([file, content]) => [`flows/${project}/${folder}/${file}`, content]),
    ),
  );
}

function task(value: string, options = ''): string {
  return `from prefect import task\n\n\n@task${options}\ndef work():\n    return ${value}\n`;
}
