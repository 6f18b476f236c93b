/**
 * Ways in which teams of Prefect 0.15 - 1.x write a flow and what it imports. Each flow fails when it does not find
 * what it should, where it runs; by folder. Siblings have the same names everywhere.
 */
export const PREFECT1_SHAPES: Record<string, Record<string, string>> = {
  basic: {
    'flow.py': `from prefect import Flow, Parameter
from alerts import send
from tasks import double

with Flow("basic") as flow:
    number = Parameter("number", default=21)
    send(double(number))
`,
    'tasks.py': `from prefect import task
from utils import FACTOR


@task
def double(number):
    return number * FACTOR
`,
    'utils.py': 'FACTOR = 2\n',
  },
  lazy_import: {
    'flow.py': flow('', 'from tasks import later', 'assert later() == "later"'),
    'tasks.py': 'def later():\n    from utils import VALUE\n    import alerts\n    return VALUE\n',
    'utils.py': 'VALUE = "later"\n',
  },
  sql_beside_flow: {
    'flow.py': flow(
      'from pathlib import Path',
      'assert (Path(__file__).parent / "sql" / "load.sql").read_text() == "select 1;\\n"',
    ),
    'sql/load.sql': 'select 1;\n',
  },
  sql_beside_sibling: {
    'flow.py': flow('from queries.texts import text', 'assert text() == "select 2;\\n"'),
    'queries/__init__.py': '',
    'queries/texts.py': `import os


def text():
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "load.sql")) as file:
        return file.read()
`,
    'queries/load.sql': 'select 2;\n',
  },
  sql_at_import: {
    'flow.py': flow(
      'with open("flows/shapes/sql_at_import/load.sql") as file:\n    SQL = file.read()',
      'assert SQL == "select 3;\\n"',
    ),
    'load.sql': 'select 3;\n',
  },
  environment: {
    'flow.py': flow('from tasks import WHERE', 'assert WHERE == "where it runs", WHERE'),
    'tasks.py': 'import os\n\nWHERE = os.environ.get("SHAPES_WHERE", "where it was built")\n',
  },
  module_state: {
    'flow.py': flow('import tasks\nimport utils\n\nutils.VALUE = 5', 'assert tasks.value() == 5'),
    'tasks.py': 'import utils\n\n\ndef value():\n    return utils.value()\n',
    'utils.py': 'VALUE = 1\n\n\ndef value():\n    return VALUE\n',
  },
  enum: {
    'flow.py': flow('from tasks import Color, next_of', 'assert next_of(Color.RED) is Color.BLUE'),
    'tasks.py':
      'from utils import Color\n\n\ndef next_of(color):\n    return Color.BLUE if color is Color.RED else Color.RED\n',
    'utils.py': 'import enum\n\n\nclass Color(enum.Enum):\n    RED = 1\n    BLUE = 2\n',
  },
  dataclass: {
    'flow.py': flow(
      'from dataclasses import asdict, replace\nfrom tasks import order',
      'assert asdict(replace(order(), total=2)) == {"total": 2, "line": {"item": "tea"}}',
    ),
    'tasks.py': 'from utils import Line, Order\n\n\ndef order():\n    return Order(1, Line("tea"))\n',
    'utils.py': `from dataclasses import dataclass


@dataclass
class Line:
    item: str


@dataclass
class Order:
    total: int
    line: Line
`,
  },
  dataclass_in_task: {
    'flow.py': `from __future__ import annotations\n${flow(
      'from dataclasses import asdict, dataclass',
      '@dataclass',
      'class Order:',
      '    total: int',
      'assert asdict(Order(1)) == {"total": 1}',
    )}`,
  },
  namedtuple: {
    'flow.py': flow('from tasks import point', 'assert point()._replace(x=3) == (3, 2)'),
    'tasks.py': 'from utils import Point\n\n\ndef point():\n    return Point(1, 2)\n',
    'utils.py': 'import collections\n\nPoint = collections.namedtuple("Point", "x y")\n',
  },
  generic: {
    'flow.py': flow('from tasks import Box', 'assert Box[int](2).get() == 2'),
    'tasks.py': `from typing import Generic, TypeVar

T = TypeVar("T")


class Box(Generic[T]):
    def __init__(self, value: T):
        self.value = value

    def get(self) -> T:
        return self.value
`,
  },
  abstract: {
    'flow.py': flow('from tasks import Csv', 'assert Csv().read() == ["base", "csv"]'),
    'tasks.py': `from utils import Reader


class Csv(Reader):
    def read(self):
        return super().read() + ["csv"]
`,
    'utils.py':
      'import abc\n\n\nclass Reader(abc.ABC):\n    @abc.abstractmethod\n    def read(self):\n        return ["base"]\n',
  },
  class_registry: {
    'flow.py': flow(
      'import tasks\nfrom utils import KINDS',
      'assert sorted(KINDS) == ["Csv", "Json"] and KINDS["Csv"]().kind() == "Csv"',
    ),
    'tasks.py': 'from utils import Reader\n\n\nclass Csv(Reader):\n    pass\n\n\nclass Json(Reader):\n    pass\n',
    'utils.py': `KINDS = {}


class Reader:
    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        KINDS[cls.__name__] = cls

    def kind(self):
        return type(self).__name__
`,
  },
  dynamic_import: {
    'flow.py': flow(
      'import importlib',
      'assert [importlib.import_module("readers." + name).VALUE for name in ("csv_reader", "json_reader")] == [1, 2]',
    ),
    'readers/__init__.py': '',
    'readers/csv_reader.py': 'VALUE = 1\n',
    'readers/json_reader.py': 'VALUE = 2\n',
  },
  recursion: {
    'flow.py': flow('from tasks import depth', 'assert depth({"a": {"b": {}}}) == 3'),
    'tasks.py': 'def depth(tree):\n    return 1 + max([depth(branch) for branch in tree.values()] or [0])\n',
  },
  import_cycle: {
    'flow.py': flow('from tasks import even', 'assert even(10)'),
    'tasks.py': 'import utils\n\n\ndef even(n):\n    return n == 0 or utils.odd(n - 1)\n',
    'utils.py': 'import tasks\n\n\ndef odd(n):\n    return n != 0 and tasks.even(n - 1)\n',
  },
  task_subclass: {
    'flow.py': `from prefect import Flow, Task
from tasks import Fetch


class Check(Task):
    def run(self, value):
        assert value == "fetched", value


with Flow("task_subclass") as flow:
    Check(name="check")(Fetch("fetched")())
`,
    'tasks.py': 'from utils import Base\n\n\nclass Fetch(Base):\n    def run(self):\n        return self.value\n',
    'utils.py': `from prefect import Task


class Base(Task):
    def __init__(self, value, **kwargs):
        self.value = value
        super().__init__(**kwargs)
`,
  },
  dask_processes: {
    'flow.py': dask('dask_processes', 'from tasks import double', 'assert value == 4', 'double(2)'),
    'tasks.py': `from prefect import task
import utils


@task
def double(number):
    import alerts
    return utils.FACTOR * number
`,
    'utils.py': 'FACTOR = 2\n',
  },
  dask_enums: {
    'flow.py': dask(
      'dask_enums',
      'import enum\nfrom tasks import pick\nfrom utils import Color\n\n\nclass Size(enum.Enum):\n    SMALL = 1',
      'assert value is Color.RED and Size.SMALL is Size(1)',
      'pick()',
    ),
    'tasks.py': 'from prefect import task\nfrom utils import Color\n\n\n@task\ndef pick():\n    return Color.RED\n',
    'utils.py': 'import enum\n\n\nclass Color(enum.Enum):\n    RED = 1\n    BLUE = 2\n',
  },
  loggers: {
    'flow.py': flow(
      'import prefect\nfrom tasks import log',
      'prefect.context.get("logger").info("from the flow")',
      'assert log() == "tasks"',
    ),
    'tasks.py': `import logging

logger = logging.getLogger(__name__)


def log():
    logger.warning("from a sibling")
    return logger.name
`,
  },
  handler_in_flow: {
    'flow.py': flow(
      `import logging
import sys

HANDLER = logging.StreamHandler(sys.stdout)
LOGGER = logging.getLogger("team")
LOGGER.addHandler(HANDLER)`,
      'LOGGER.warning("said")',
      'assert HANDLER in LOGGER.handlers',
    ),
  },
  handler_in_sibling: {
    'flow.py': flow('from tasks import HANDLER, LOGGER', 'LOGGER.warning("said")', 'assert HANDLER in LOGGER.handlers'),
    'tasks.py': `import logging
import sys

HANDLER = logging.StreamHandler(sys.stderr)
LOGGER = logging.getLogger("team.sibling")
LOGGER.addHandler(HANDLER)
`,
  },
  lock_in_flow: {
    'flow.py': flow('import threading\n\nLOCK = threading.Lock()', 'with LOCK:', '    assert LOCK.locked()'),
  },
  lock_in_sibling: {
    'flow.py': flow('from tasks import guarded', 'assert guarded()'),
    'tasks.py':
      'import threading\n\nLOCK = threading.RLock()\n\n\ndef guarded():\n    with LOCK:\n        return True\n',
  },
  boto3_client: {
    'flow.py': flow('from tasks import CLIENT', 'assert CLIENT.meta.region_name == "eu-central-1"'),
    'tasks.py': 'import boto3\n\nCLIENT = boto3.client("s3", region_name="eu-central-1")\n',
  },
  large_constant: {
    'flow.py': flow('from tasks import TABLE', 'assert len(TABLE) == 20_000_000'),
    'tasks.py': `TABLE = "${'nx-prefect '.repeat(2_000_000).slice(0, 20_000_000)}"\n`,
  },
  lib_data: {
    'flow.py': flow('from alerts import template', 'assert template() == "Late: {{ order }}\\n"'),
  },
  subpackage: {
    'flow.py': flow('from parts.load.rows import rows', 'assert rows() == ["clean"]'),
    'parts/__init__.py': '',
    'parts/clean.py': 'VALUE = "clean"\n',
    'parts/load/__init__.py': '',
    'parts/load/rows.py': 'from parts.clean import VALUE\n\n\ndef rows():\n    return [VALUE]\n',
  },
  subpackage_relative: {
    'flow.py': flow('from parts.load import rows', 'assert rows.rows() == ["clean"]'),
    'parts/__init__.py': '',
    'parts/clean.py': 'VALUE = "clean"\n',
    'parts/load/__init__.py': '',
    'parts/load/rows.py': 'from ..clean import VALUE\n\n\ndef rows():\n    return [VALUE]\n',
  },
  lru_cache: {
    'flow.py': flow('from tasks import slow', 'assert [slow(1), slow(1)] == [2, 2] and slow.cache_info().hits == 1'),
    'tasks.py': 'import functools\n\n\n@functools.lru_cache(maxsize=None)\ndef slow(n):\n    return n + 1\n',
  },
  singledispatch: {
    'flow.py': flow('from tasks import text', 'assert [text(1), text("a")] == ["number 1", "text a"]'),
    'tasks.py': 'from utils import text\n\n\n@text.register(int)\ndef _(value):\n    return "number %d" % value\n',
    'utils.py': 'import functools\n\n\n@functools.singledispatch\ndef text(value):\n    return "text " + value\n',
  },
  marshmallow_schema: {
    'flow.py': flow(
      'from tasks import Order',
      'assert Order().load({"line": {"item": "tea"}}) == {"line": {"item": "tea"}}',
    ),
    'tasks.py': `from marshmallow import Schema, fields
import utils


class Order(Schema):
    line = fields.Nested("Line")
`,
    'utils.py': 'from marshmallow import Schema, fields\n\n\nclass Line(Schema):\n    item = fields.String()\n',
  },
  own_exceptions: {
    'flow.py': flow(
      'import pickle\nfrom tasks import NoRows, load',
      'try:',
      '    load()',
      'except NoRows as error:',
      '    assert pickle.loads(pickle.dumps(error)).args == ("orders",)',
      'else:',
      '    raise AssertionError("nothing was raised")',
    ),
    'tasks.py': 'class NoRows(Exception):\n    pass\n\n\ndef load():\n    raise NoRows("orders")\n',
  },
  local_class: {
    'flow.py': flow('from tasks import make', 'assert make(3)().value() == 3'),
    'tasks.py':
      'def make(number):\n    class Made:\n        def value(self):\n            return number\n\n    return Made\n',
  },
  absolute_import: {
    'flow.py': flow('from flows.shapes.absolute_import.tasks import value', 'assert value() == "absolute"'),
    'tasks.py': 'from flows.shapes.absolute_import import utils\n\n\ndef value():\n    return utils.VALUE\n',
    'utils.py': 'VALUE = "absolute"\n',
  },
  other_flow: {
    'flow.py': flow('from flows.shapes.absolute_import.tasks import value', 'assert value() == "absolute"'),
  },
  relative_import: {
    'flow.py': flow('from .tasks import value', 'assert value() == "relative"'),
    'tasks.py': 'from . import utils\n\n\ndef value():\n    return utils.VALUE\n',
    'utils.py': 'VALUE = "relative"\n',
  },
  loop: {
    'flow.py': `from prefect import Flow, task
from tasks import TABLES


def copier(table):
    @task(name="copy %s" % table)
    def copy():
        assert table in TABLES
        return table

    return copy


with Flow("loop") as flow:
    before = None
    for table in TABLES:
        before = copier(table)(upstream_tasks=[before] if before else [])
`,
    'tasks.py': 'TABLES = ["orders", "lines", "customers"]\n',
  },
  mapped: {
    'flow.py': `from prefect import Flow, task, unmapped
from tasks import add


@task
def check(numbers):
    assert numbers == [2, 3, 4], numbers


with Flow("mapped") as flow:
    check(add.map([1, 2, 3], unmapped(1)))
`,
    'tasks.py': 'from prefect import task\n\n\n@task\ndef add(a, b):\n    return a + b\n',
  },
  traceback: {
    'flow.py': flow(
      'import traceback\nfrom tasks import fail',
      'try:',
      '    fail()',
      'except ValueError:',
      '    text = traceback.format_exc()',
      'assert "flows/shapes/traceback/flow.py" in text and "flows/shapes/traceback/tasks.py\\", line 2" in text, text',
      'assert "raise ValueError" in text, text',
    ),
    'tasks.py': 'def fail():\n    raise ValueError("no rows")\n',
  },
};

/** The lib that some of them import, with a data file. */
const LIB: Record<string, string> = {
  'libs/alerts/__init__.py': `import pkgutil

from alerts.sending import send


def template():
    return pkgutil.get_data(__name__, "texts/late.txt").decode()
`,
  'libs/alerts/sending.py': 'from prefect import task\n\n\n@task\ndef send(number):\n    assert number == 42, number\n',
  'libs/alerts/texts/late.txt': 'Late: {{ order }}\n',
};

/** All files of the shapes, by workspace path; each flow is named after its folder. */
export function prefect1ShapeFiles(): Record<string, string> {
  const own = Object.entries(PREFECT1_SHAPES).flatMap(([folder, files]) =>
    Object.entries(files).map(([file, content]) => [
      `flows/shapes/${folder}/${file}`,
      content.replace('Flow(FOLDER)', `Flow("${folder}")`),
    ]),
  );
  return { ...LIB, ...Object.fromEntries(own) };
}

/** A flow of one task, with these lines as its body. */
function flow(imports: string, ...body: string[]): string {
  return `from prefect import Flow, task
${imports}


@task
def check():
    ${body.join('\n    ')}


with Flow(FOLDER) as flow:
    check()
`;
}

/** A flow whose tasks run in processes of their own; the last one looks at what the first gave. */
function dask(name: string, imports: string, check: string, first: string): string {
  return `import os
from prefect import Flow, task
from prefect.executors import LocalDaskExecutor
${imports}


@task
def check(value):
    ${check}
    assert os.getpid() != int(os.environ["SHAPES_PARENT"])


with Flow("${name}", executor=LocalDaskExecutor(scheduler="processes", num_workers=2)) as flow:
    check(${first})
`;
}
