/**
 * Ways in which teams lay out a flow's code. Each flow fails when it does not find what it should; 12 shapes, by
 * folder.
 */
export const SHAPES: Record<string, Record<string, string>> = {
  absolute: {
    'flow.py': flow('from flows.shapes.absolute.tasks import value', 'assert value() == "absolute"'),
    'tasks.py': 'def value():\n    return "absolute"\n',
  },
  other_flow: {
    'flow.py': flow('from flows.shapes.absolute.tasks import value', 'assert value() == "absolute"'),
  },
  relative: {
    'flow.py': flow('from .tasks import value', 'assert value() == "relative"'),
    'tasks.py': 'from . import utils\n\n\ndef value():\n    return utils.VALUE\n',
    'utils.py': 'VALUE = "relative"\n',
  },
  lib_resource: {
    'flow.py': flow('from queries import text', 'assert text("daily.sql") == "select 1;\\n"'),
  },
  file_data: {
    'flow.py': flow(
      'from pathlib import Path',
      'assert (Path(__file__).parent / "sql" / "load.sql").read_text() == "select 2;\\n"',
    ),
    'sql/load.sql': 'select 2;\n',
  },
  namespace: {
    'flow.py': flow('from shared.deep.numbers import THREE', 'assert THREE == 3'),
  },
  lazy: {
    'flow.py': flow('', 'from tasks import later\n    assert later() == "later"'),
    'tasks.py': 'def later():\n    from utils import VALUE\n    import queries\n    return VALUE\n',
    'utils.py': 'VALUE = "later"\n',
  },
  async_flow: {
    'flow.py': `import asyncio
from prefect import flow
from tasks import value


@flow(name="async_flow")
async def main(n: int = 2):
    await asyncio.sleep(0)
    assert await value(n) == 4
`,
    'tasks.py': 'from prefect import task\n\n\n@task\nasync def value(n):\n    return n * 2\n',
  },
  subflows: {
    'flow.py': `from prefect import flow
from parts import imported_part


@flow
def part(n: int):
    return n + 1


@flow(name="subflows")
def main():
    assert part(1) == 2
    assert imported_part(1) == 3
`,
    'parts.py': 'from prefect import flow\n\n\n@flow\ndef imported_part(n: int):\n    return n + 2\n',
  },
  two_deployments: {
    'flow.py': `${flow('', 'assert mode in ("fast", "slow")', 'mode: str')}
fast = main.to_deployment("fast", parameters={"mode": "fast"}, tags=["quick"])
slow = main.to_deployment("slow", parameters={"mode": "slow"}, cron="0 3 * * *")
`,
  },
  yaml_beside: {
    'flow.py': flow('', 'assert day == "monday"', 'day: str'),
    'prefect.yaml': `deployments:
  - name: beside
    entrypoint: flow.py:main
    parameters: {day: monday}
    schedules: [{cron: "0 4 * * 1", timezone: Europe/Berlin, active: false}]
`,
  },
  yaml_root: {
    'flow.py': flow('', 'assert day == "sunday"', 'day: str'),
  },
};

/** What the shapes share: two libs, one of them a namespace package, and the `prefect.yaml` at the root. */
const SHARED: Record<string, string> = {
  'libs/queries/__init__.py':
    'import pkgutil\n\n\ndef text(name):\n    return pkgutil.get_data(__name__, f"sql/{name}").decode()\n',
  'libs/queries/sql/daily.sql': 'select 1;\n',
  'libs/numbers/shared/deep/numbers.py': 'THREE = 3\n',
  'prefect.yaml': `deployments:
  - name: root
    entrypoint: flows/shapes/yaml_root/flow.py:main
    parameters: {day: sunday}
    work_pool: {name: pool}
`,
};

/** Deployments that the shapes declare themselves; the others are called default. */
export const DECLARED: Record<string, string[]> = {
  two_deployments: ['fast', 'slow'],
  yaml_beside: ['beside'],
  yaml_root: ['root'],
};

/** Shapes that ask most of a place for code: libs, data, imports from the root, several deployments, a prefect.yaml. */
export const SIX = ['absolute', 'lib_resource', 'file_data', 'namespace', 'two_deployments', 'yaml_root'];

/** What shapes register, as `<flow>/<deployment>`. */
export function namesOf(shapes: readonly string[]): string[] {
  return shapes.flatMap((name) => (DECLARED[name] ?? ['default']).map((each) => `${name}/${each}`)).sort();
}

/** All files of the shapes, by workspace path; each flow is named after its folder. */
export function shapeFiles(names = Object.keys(SHAPES)): Record<string, string> {
  const chosen = Object.entries(SHAPES).filter(([folder]) => names.includes(folder));
  const own = chosen.flatMap(([folder, files]) =>
    Object.entries(files).map(([file, content]) => [
      `flows/shapes/${folder}/${file}`,
      content.replace('@flow(name=FOLDER)', `@flow(name="${folder}")`),
    ]),
  );
  return { ...SHARED, ...Object.fromEntries(own) };
}

function flow(imports: string, body: string, parameters = ''): string {
  return `from prefect import flow\n${imports}\n\n\n@flow(name=FOLDER)\ndef main(${parameters}):\n    ${body}\n`;
}
