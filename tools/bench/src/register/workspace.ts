import type { Engine } from './engine';

const FLOWS_A_PROJECT = 20;
const FLOWS_A_LIB = 50;

/** A flow of the generated workspace. Its name on the server is that of its Nx project. */
export interface Flow {
  name: string;
  /** Below the workspace's root. */
  folder: string;
  lib: string;
}

/** An edit, by file, and the flows that do something else after it. */
export interface Edit {
  files: Record<string, string>;
  flows: readonly string[];
}

export interface GeneratedWorkspace {
  engine: Engine;
  flows: readonly Flow[];
  /** Content by path. */
  files: Readonly<Record<string, string>>;
  edits: { flow: Edit; lib: Edit; revert: Edit };
}

/** A data team's flows: five files each, with the same names in all folders, and one lib for every fifty flows. */
export function generateWorkspace(count: number, engine: Engine): GeneratedWorkspace {
  const flows = Array.from({ length: count }, (_, at) => flowAt(at));
  const files = Object.assign({}, ...flows.map((flow) => flowFiles(flow, engine))) as Record<string, string>;
  for (const lib of new Set(flows.map((flow) => flow.lib))) {
    files[`libs/${lib}/__init__.py`] = 'from .stamps import stamp\n';
    files[`libs/${lib}/stamps.py`] = 'PREFIX = "run"\n\n\ndef stamp(day):\n    return f"{PREFIX}-{day}"\n';
    files[`libs/${lib}/README.md`] = `# ${lib}\n`;
  }
  const middle = flows[count >> 1]!;
  const flow = editOf([`${middle.folder}/utils.py`], [middle.name]);
  const last = flows.at(-1)!.lib;
  const lib = editOf(
    [`libs/${last}/stamps.py`],
    flows.filter((each) => each.lib === last).map(({ name }) => name),
  );
  const reverted = Object.keys({ ...flow.files, ...lib.files });
  const revert = {
    files: Object.fromEntries(reverted.map((file) => [file, files[file]!])),
    flows: [...new Set([...flow.flows, ...lib.flows])],
  };
  return { engine, flows, files, edits: { flow, lib, revert } };

  function editOf(paths: string[], changed: string[]): Edit {
    return { files: Object.fromEntries(paths.map((path) => [path, `${files[path]!}EDITED = True\n`])), flows: changed };
  }
}

function flowAt(at: number): Flow {
  const [project, flow] = [`project_${1 + Math.floor(at / FLOWS_A_PROJECT)}`, `nightly_${at % FLOWS_A_PROJECT}`];
  return {
    name: `${project}-${flow}`,
    folder: `flows/${project}/${flow}`,
    lib: `shared_${Math.floor(at / FLOWS_A_LIB)}`,
  };
}

function flowFiles({ name, folder, lib }: Flow, engine: Engine): Record<string, string> {
  const written = {
    3: `from prefect import flow
from ${lib} import stamp
from tasks import extract, write


@flow(name="${name}")
def main(day: str = "today", limit: int = 100):
    """Brings the day's rows of ${name} into the warehouse."""
    write(extract(day, limit), stamp(day))
`,
    1: `from prefect import Flow, Parameter
from ${lib} import stamp
from tasks import extract, write

with Flow("${name}") as flow:
    day = Parameter("day", default="today")
    write(extract(day, 100), stamp("day"))
`,
  }[engine];
  return {
    [`${folder}/flow.py`]: written,
    [`${folder}/tasks.py`]: `import json
from pathlib import Path

from prefect import task
from utils import rows


@task
def extract(day, limit):
    query = Path(__file__).with_name("query.sql").read_text()
    return rows(query, day)[:limit]


@task
def write(found, mark):
    return json.dumps([mark, found])
`,
    [`${folder}/utils.py`]: `SOURCE = "${name}"


def rows(query, day):
    return [{"source": SOURCE, "query": query, "day": day}]
`,
    [`${folder}/query.sql`]: `select * from ${name.replaceAll('-', '_')} where day = :day\n`,
    [`${folder}/README.md`]: `# ${name}\n\nBrings the day's rows into the warehouse.\n`,
  };
}
