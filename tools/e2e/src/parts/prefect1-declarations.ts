import type { Random } from './random';

/** What stands above every flow of {@link DECLARED} and {@link REFUSED1}. */
const HEAD = `import os
from datetime import datetime, timedelta
import pendulum
from dateutil import rrule
from prefect import Flow, Parameter, Task, case, tags, task, unmapped
from prefect.core.parameter import DateTimeParameter
from prefect.engine.results import LocalResult, PrefectResult, S3Result
from prefect.executors import LocalDaskExecutor, LocalExecutor
from prefect.run_configs import DockerRun, ECSRun, KubernetesRun, LocalRun, UniversalRun, VertexRun
from prefect.schedules import CronSchedule, IntervalSchedule, Schedule, adjustments, filters
from prefect.schedules.clocks import CronClock, DatesClock, IntervalClock, RRuleClock
from prefect.storage import Bitbucket, CodeCommit, Git, GitHub, GitLab, Local, Module, S3
from prefect.triggers import all_finished, any_failed

@task
def work(first=None, second=None, third=None, fourth=None): return 1
@task(name="two words", max_retries=2, retry_delay=timedelta(minutes=1), timeout=60, tags=["slow"])
def slow(x=None): return x
@task(nout=2, trigger=all_finished, skip_on_upstream_skip=False, checkpoint=False, result=PrefectResult())
def pair(x): return x, x
class Own(Task):
    def run(self, a, b=2): return a + b
TIME = pendulum.datetime(2021, 3, 1, 6, tz="Europe/Berlin")
`;

const SMALL_POD =
  '{"apiVersion": "batch/v1", "kind": "Job", "spec": {"template": {"spec": {"containers": [{"x": 1}]}}}}';

/** Flows by name: arguments of `Flow`, the lines of its block, and what is said of it afterwards. */
interface Declared {
  given?: string;
  body?: string;
  after?: string;
}

/** Flows of Prefect 0.15 - 1.x that its own command line registers, by kind. */
const DECLARED: Record<string, Declared> = {
  plain: {},
  'spaces & "quotes" / ünï ☂': {},
  parameters: {
    body:
      'work(Parameter("a", default=1), Parameter("b", default=[1.5, None, "x", {"y": True}]), ' +
      'Parameter("c", required=False), Parameter("d", default="ünï\\n☂", tags=["t"]))',
  },
  'required parameter': { body: 'work(Parameter("needed"))' },
  'date parameter': { body: 'work(DateTimeParameter("day", required=False))' },
  'large default': { body: 'work(Parameter("n", default=2**53 - 1), Parameter("t", default="x" * 20000))' },
  'mapped tasks': { body: 'slow.map(pair(1)[0], upstream_tasks=[unmapped(work())])' },
  branches: { body: 'with case(work(), True):\n        slow(1)\n    work(upstream_tasks=[slow(2)])' },
  'task tags': { body: 'with tags("a", "b"):\n        slow(work())' },
  'class tasks': { body: 'Own(name="own", cache_for=timedelta(hours=1))(1, b=work())' },
  'task results': { body: 'work(task_args=dict(result=LocalResult("/tmp/r"), target="{flow_name}.txt"))' },
  'reference tasks': { body: 'last = work(slow(1))\n    flow.set_reference_tasks([last])' },
  triggers: { body: 'first = work()\n    slow(task_args=dict(trigger=any_failed), upstream_tasks=[first])' },
  'many edges': {
    body: 'all_ = [work(n) for n in range(9)]\n    work(all_, upstream_tasks=[slow(each) for each in all_])',
  },
  'no tasks': { body: 'pass' },
  result: { given: 'result=S3Result("results")' },
  'local result': { given: 'result=LocalResult("/tmp/results")' },
  handlers: { given: 'state_handlers=[lambda flow, old, new: new], terminal_state_handler=lambda *a: None' },
  executor: { given: 'executor=LocalDaskExecutor(scheduler="threads", num_workers=2)' },
  'executor afterwards': { after: 'flow.executor = LocalExecutor()' },

  cron: { given: 'schedule=CronSchedule("0 6 * * 1-5")' },
  'cron from to': {
    given: 'schedule=CronSchedule("@daily", start_date=TIME, end_date=TIME.add(years=9), day_or=False)',
  },
  interval: { given: 'schedule=IntervalSchedule(interval=timedelta(minutes=90), start_date=TIME)' },
  'interval without a start': { given: 'schedule=IntervalSchedule(interval=timedelta(days=1, microseconds=1))' },
  'naive start': { given: 'schedule=IntervalSchedule(datetime(2021, 3, 1), timedelta(hours=2), datetime(2031, 3, 1))' },
  dates: { given: 'schedule=Schedule([DatesClock([TIME, TIME.add(days=2)], parameter_defaults={"x": 1})])' },
  rrule: { given: 'schedule=Schedule([RRuleClock(rrule.rrule(rrule.WEEKLY, dtstart=datetime(2021, 3, 1), count=9))])' },
  'every filter': {
    given:
      'schedule=Schedule([CronClock("0 * * * *")], filters=[filters.is_weekday, filters.is_month_start, ' +
      'filters.between_times(pendulum.time(9), pendulum.time(17)), filters.at_time(pendulum.time(9)), ' +
      'filters.on_date(3, 1), filters.between_dates(1, 1, 6, 30), filters.is_day_of_week(2), ' +
      'filters.between_datetimes(TIME, TIME.add(days=9)), filters.on_datetime(TIME)], ' +
      'or_filters=[filters.is_month_end], not_filters=[filters.is_weekend], ' +
      'adjustments=[adjustments.next_weekday, adjustments.add(timedelta(hours=1))])',
  },
  'clocks with labels': {
    given:
      'schedule=Schedule([CronClock("0 1 * * *", labels=["b", "a"], parameter_defaults={"p": {"q": [1]}}), ' +
      'IntervalClock(timedelta(hours=1), start_date=TIME, labels=[])])',
    body: 'work(Parameter("p"))',
  },
  'schedule afterwards': { after: 'flow.schedule = CronSchedule("5 4 * * *")' },

  universal: { given: 'run_config=UniversalRun(env={"A": "1"}, labels=["z", "y"])' },
  'local run': { given: 'run_config=LocalRun(env={"A": "1"}, working_dir="/srv", labels=["l"])' },
  docker: { given: 'run_config=DockerRun(image="team/flows:1", env={"A": "1"}, labels=["d"])' },
  kubernetes: {
    given: 'run_config=KubernetesRun(image="i", env={"A": "1"}, cpu_limit=2, cpu_request="500m", memory_limit="4Gi")',
  },
  'kubernetes job': { given: `run_config=KubernetesRun(job_template=${SMALL_POD}, image_pull_policy="Always")` },
  ecs: { given: 'run_config=ECSRun(image="i", cpu="1 vcpu", memory=2048, env={"A": "1"}, labels=["e"])' },
  'ecs arn': { given: 'run_config=ECSRun(task_definition_arn="arn:aws:ecs:x", run_task_kwargs={"cluster": "c"})' },
  'ecs definition': { given: 'run_config=ECSRun(task_definition={"containerDefinitions": [{"name": "flow"}]})' },
  vertex: { given: 'run_config=VertexRun(image="i", labels=["v"], machine_type="e2-standard-4")' },
  'run config afterwards': { after: 'flow.run_config = LocalRun(labels=["later"])' },

  local: { given: 'storage=Local()' },
  'local without labels': { given: 'storage=Local(add_default_labels=False)' },
  'local script': { given: 'storage=Local(path="/srv/flow.py", stored_as_script=True)' },
  'local with a run config': { given: 'storage=Local(), run_config=KubernetesRun(labels=["k"])' },
  github: { given: 'storage=GitHub(repo="team/flows", path="flow.py", ref="main", access_token_secret="TOKEN")' },
  'github with a run config': { given: 'storage=GitHub(repo="t/f", path="f.py"), run_config=ECSRun(labels=["e"])' },
  gitlab: { given: 'storage=GitLab(repo="team/flows", path="flow.py", host="https://git.team")' },
  bitbucket: { given: 'storage=Bitbucket(project="T", repo="flows", path="flow.py")' },
  codecommit: { given: 'storage=CodeCommit(repo="flows", path="flow.py", commit="main")' },
  git: { given: 'storage=Git(flow_path="flow.py", repo="team/flows", use_ssh=True, branch_name="main")' },
  module: { given: 'storage=Module("team.flows.load"), schedule=CronSchedule("0 4 * * *")' },
  'storage with secrets': { given: 'storage=GitHub(repo="t/f", path="f.py", secrets=["A", "B"])' },
  'storage afterwards': { after: 'flow.storage = Module("team.flows")\nflow.run_config = DockerRun()' },

  'clients at import': {
    body: 'work(Parameter("region", default=os.environ.get("AWS_DEFAULT_REGION", "")[:0]))',
    after: 'import boto3\nS3_CLIENT, LAMBDA = boto3.client("s3"), boto3.client("lambda")',
  },
  'several flows': { after: 'with Flow("one more", schedule=CronSchedule("1 1 * * *")) as other:\n    slow(2)' },
};

/** Environments came before run configs; 1.x has none. */
const DECLARED_BEFORE_1: Record<string, Declared> = {
  environment: {
    after:
      'from prefect.environments import LocalEnvironment\nflow.environment = LocalEnvironment(labels=["old", "env"])',
  },
};

/** What the library can't register either. */
const REFUSED1: Record<string, Declared> = {
  'short interval': { given: 'schedule=IntervalSchedule(interval=timedelta(seconds=30))' },
  'default that is no JSON': { body: 'work(Parameter("x", default=object()))' },
  'default of dates': { body: 'work(Parameter("x", default=datetime(2021, 1, 1)))' },
  'clock value that is no JSON': {
    given: 'schedule=Schedule([CronClock("0 1 * * *", parameter_defaults={"p": {1, 2}})])',
    body: 'work(Parameter("p", default=1))',
  },
  'own filter': { given: 'schedule=Schedule([CronClock("0 1 * * *")], filters=[lambda moment: True])' },
};

/** Names of flows that both take and that both refuse, and the text of each flow file: `cron/flow.py`. */
export interface Declarations {
  taken: string[];
  refused: string[];
  files: Record<string, string>;
}

/** @param count of all flows that the library registers: those above, filled up with drawn schedules */
export function declarations(random: Random, count: number, hasEnvironments: boolean): Declarations {
  const taken = { ...DECLARED, ...(hasEnvironments ? DECLARED_BEFORE_1 : {}) };
  for (let at = 0; Object.keys(taken).length < count; at++) taken[`drawn ${at}`] = drawn(random);
  const entries = [...Object.entries(taken), ...Object.entries(REFUSED1)];
  const files = Object.fromEntries(
    entries.map(([name, flow]) => [`${name.replace(/\W+/g, '_')}/flow.py`, text(name, flow)]),
  );
  return { taken: [...Object.keys(taken), 'one more'], refused: Object.keys(REFUSED1), files };
}

function text(name: string, { given = '', body = 'slow(work(1))', after = '' }: Declared): string {
  return `${HEAD}\nwith Flow(${JSON.stringify(name)}, ${given}) as flow:\n    ${body}\n${after}\n`;
}

function drawn(random: Random): Declared {
  const clocks = Array.from({ length: 1 + random.below(3) }, () => {
    const more = [
      ...(random.chance(40) ? [`labels=${random.of(['["x"]', '["y", "x"]', '[]', 'None'])}`] : []),
      ...(random.chance(40) ? ['parameter_defaults={"n": 2, "ü": [None, 0.1, "☂"]}'] : []),
      ...(random.chance(50)
        ? [`start_date=${random.of(['TIME', 'pendulum.datetime(2020, 2, 29)', 'datetime(2022, 1, 1)'])}`]
        : []),
      ...(random.chance(20) ? ['end_date=TIME.add(years=20)'] : []),
    ];
    const days = `${random.of(['*', '1', '*/2'])} * ${random.of(['*', '1-5', 'MON'])}`;
    const what = random.chance(50)
      ? `CronClock("${random.below(60)} ${random.below(24)} ${days}"`
      : `IntervalClock(timedelta(minutes=${1 + random.below(10_000)}, seconds=${random.below(60)})`;
    return `${[what, ...more].join(', ')})`;
  });
  const filter = random.of(['', ', filters=[filters.is_weekday]', ', not_filters=[filters.is_month_end]']);
  const run = random.of(['', ', run_config=UniversalRun(labels=["b", "a"])', ', run_config=ECSRun(image="i")']);
  return {
    given: `schedule=Schedule([${clocks.join(', ')}]${filter})${run}`,
    body: `pair(Parameter("n", default=${random.of(['1', '"text"', '[1, 2.5]', 'None', '{"a": {"b": []}}'])}))`,
  };
}
