/** A repository as its owners have it, but for nx.json: nothing in it was moved or edited for this tool. */
export interface ForeignRepository {
  /** What `nx.json` says of it, beside the work pool. */
  options: Record<string, unknown>;
  files: Record<string, string>;
  /** Its projects; of flows the root, and the edges to other projects of the workspace. */
  projects: Record<string, { root: string; edges?: string[] }>;
  /** File that is edited, or that was deleted -> flows whose build is affected, and other tasks: `etl:test`. */
  edits: Record<string, string[]>;
  /** What is registered. */
  deployments: string[];
}

/** A flow that fails where one of its imports or its data is missing. */
function flowFile(name: string, imports: string[] = [], check = 'True', fn = 'main'): string {
  return [
    ...imports,
    'from prefect import flow',
    `@flow(name="${name}")`,
    `def ${fn}():`,
    `    assert ${check}`,
    '',
  ].join('\n');
}

/** Imports a module that was deleted. */
function gone(statement: string): string {
  return `try:\n    ${statement}\nexcept ImportError:\n    pass`;
}

/** A test that passes where it runs from the root. */
function testFile(imports: string, place: string): string {
  return `import os\n${imports}\n\ndef test_main():\n    assert os.path.exists("${place}") and main.name\n`;
}

/** @param entries `name: entrypoint` */
function prefectYaml(...entries: [name: string, entrypoint: string][]): string {
  const deployments = entries.map(([name, entrypoint]) => `- name: ${name}\n  entrypoint: ${entrypoint}\n`);
  const pull = 'pull:\n- prefect.deployments.steps.git_clone:\n    repository: x\n';
  return `name: team\n${pull}deployments:\n${deployments.join('')}`;
}

export const REPOSITORIES: Record<string, ForeignRepository> = {
  'flat, with a prefect.yaml at the root': {
    options: {},
    files: {
      'prefect.yaml': prefectYaml(['nightly', 'flows/flat_etl.py:main'], ['flat', 'flows/flat_load.py:main']),
      'flows/flat_etl.py': flowFile(
        'flat-etl',
        ['import utils.text', 'import names', gone('import utils.gone')],
        'utils.text.X == names.X == 1',
      ),
      'flows/flat_load.py': flowFile('flat-load', ['from flows.shared import X'], 'X == 2'),
      'flows/__init__.py': '',
      'flows/shared.py': 'X = 2\n',
      'flows/names.py': 'X = 1\n',
      'utils/text.py': 'X = 1\n',
      'utils/unused.py': '',
      'README.md': 'Flows.\n',
      'tests/test_flat_etl.py': testFile('from flows.flat_etl import main', 'flows/flat_etl.py'),
    },
    projects: { flat_etl: { root: 'flows/flat_etl.py' }, flat_load: { root: 'flows/flat_load.py' } },
    edits: {
      'flows/flat_etl.py': ['flat_etl', 'flat_etl:test'],
      'flows/shared.py': ['flat_load'],
      'utils/text.py': ['flat_etl', 'flat_etl:test'],
      'utils/unused.py': [],
      'utils/gone.py': ['flat_etl', 'flat_etl:test'],
      'tests/test_flat_etl.py': ['flat_etl:test'],
      'README.md': [],
    },
    deployments: ['flat-etl/nightly', 'flat-load/flat'],
  },
  'a package in src, with a pyproject.toml': {
    options: { flows: ['src/*/flows/*.py'] },
    files: {
      'pyproject.toml': '[project]\nname = "my_pkg"\n[tool.pytest.ini_options]\npythonpath = ["src"]\n',
      'src/my_pkg/__init__.py': '',
      'src/my_pkg/util.py': 'from my_pkg.deep import X\n',
      'src/my_pkg/deep.py':
        'from importlib import resources\nX = resources.files("my_pkg").joinpath("x.txt").read_text()\n',
      'src/my_pkg/x.txt': '1',
      'src/my_pkg/alone.py': 'X = 1\n',
      'src/my_pkg/flows/__init__.py': '',
      'src/my_pkg/flows/src_daily.py': flowFile('src-daily', ['from my_pkg.util import X'], 'X == "1"'),
      'src/my_pkg/flows/src_weekly.py': flowFile(
        'src-weekly',
        ['from my_pkg import alone', gone('from my_pkg import gone')],
        'alone.X == 1',
      ),
      'tests/unit/test_daily.py': testFile('from my_pkg.flows.src_daily import main', 'src/my_pkg'),
    },
    projects: {
      src_daily: { root: 'src/my_pkg/flows/src_daily.py', edges: ['my_pkg'] },
      src_weekly: { root: 'src/my_pkg/flows/src_weekly.py', edges: ['my_pkg'] },
      my_pkg: { root: 'src/my_pkg' },
    },
    edits: {
      'src/my_pkg/deep.py': ['src_daily', 'src_daily:test'],
      'src/my_pkg/flows/src_daily.py': ['src_daily', 'src_daily:test'],
      'src/my_pkg/alone.py': ['src_daily', 'src_daily:test', 'src_weekly'],
      'src/my_pkg/flows/src_weekly.py': ['src_weekly'],
      // Deleted: the flow that imported it is affected, and no other.
      'src/my_pkg/gone.py': ['src_weekly'],
    },
    deployments: ['src-daily/default', 'src-weekly/default'],
  },
  'one folder a flow, with other file names': {
    options: { flows: ['pipelines/*/main.py'] },
    files: {
      'pipelines/orders/main.py': flowFile('folder-orders', ['from helpers import X'], 'X == 1'),
      'pipelines/orders/helpers.py': 'X = 1\n',
      'pipelines/returns/main.py': flowFile('folder-returns', ['from helpers import X'], 'X == 2'),
      'pipelines/returns/helpers.py': 'X = 2\n',
    },
    projects: {
      main: { root: 'pipelines/orders/main.py' },
      'pipelines/returns/main.py': { root: 'pipelines/returns/main.py' },
    },
    edits: {
      'pipelines/orders/helpers.py': ['main'],
      'pipelines/orders/main.py': ['main'],
      'pipelines/returns/helpers.py': ['pipelines/returns/main.py'],
      'pipelines/returns/main.py': ['pipelines/returns/main.py'],
      'pipelines/README.md': [],
    },
    deployments: ['folder-orders/default', 'folder-returns/default'],
  },
  "this tool's folders, some deeper": {
    options: {},
    files: {
      'flows/etl/flow.py': flowFile('deep-etl'),
      'flows/a/b/flow.py': flowFile('deep-b', ['from flows.common import X'], 'X == 1'),
      'flows/a/c/d/flow.py': flowFile('deep-d', ['from libs.alerts import X', 'import alerts'], 'X == alerts.X == 1'),
      'flows/common.py': 'X = 1\n',
      'libs/alerts/__init__.py': 'X = 1\n',
    },
    projects: {
      etl: { root: 'flows/etl' },
      'a-b': { root: 'flows/a/b' },
      'a-c-d': { root: 'flows/a/c/d', edges: ['alerts'] },
      alerts: { root: 'libs/alerts' },
    },
    edits: {
      'flows/common.py': ['a-b'],
      'libs/alerts/__init__.py': ['a-c-d'],
      'flows/etl/flow.py': ['etl'],
      'flows/etl/README.md': [],
      // Deleted from a folder that ships whole: its importers have lost their edge.
      'libs/alerts/gone.py': ['a-b', 'a-c-d', 'etl'],
    },
    deployments: ['deep-etl/default', 'deep-b/default', 'deep-d/default'],
  },
  'a prefect.yaml in each of several folders': {
    options: {},
    files: {
      'teams/a/prefect.yaml': prefectYaml(['team', 'jobs/yaml_a.py:main']),
      'teams/a/jobs/yaml_a.py': flowFile('yaml-a', ['from common import X'], 'X == 1'),
      'teams/a/common.py': 'X = 1\n',
      'teams/b/prefect.yaml': prefectYaml(['team', 'jobs/yaml_b.py:main']),
      'teams/b/jobs/yaml_b.py': flowFile('yaml-b', ['from common import X'], 'X == 2'),
      'teams/b/common.py': 'X = 2\n',
    },
    projects: { yaml_a: { root: 'teams/a/jobs/yaml_a.py' }, yaml_b: { root: 'teams/b/jobs/yaml_b.py' } },
    edits: {
      'teams/a/common.py': ['yaml_a'],
      'teams/a/jobs/yaml_a.py': ['yaml_a'],
      'teams/b/common.py': ['yaml_b'],
      'teams/b/prefect.yaml': ['yaml_b'],
      'teams/README.md': [],
    },
    deployments: ['yaml-a/team', 'yaml-b/team'],
  },
  'one file under three names': {
    options: {},
    files: {
      'prefect.yaml': prefectYaml(['eu', 'sync.py:main'], ['us', './sync.py:main'], ['other', 'sync.py:second']),
      'sync.py': `${flowFile('three-sync')}\n@flow(name="three-second")\ndef second():\n    pass\n`,
    },
    projects: { sync: { root: 'sync.py' } },
    edits: { 'sync.py': ['sync'], 'prefect.yaml': ['sync'], 'nx.json': ['sync'], 'README.md': [], 'other.py': [] },
    deployments: ['three-sync/eu', 'three-sync/us', 'three-second/other'],
  },
  'a deployments.py beside the flows': {
    options: { flows: ['jobs/*.py'] },
    files: {
      'jobs/deployments.py': [
        'from prefect import serve',
        'from jobs.beside_etl import main',
        'if __name__ == "__main__":',
        '    serve(main.to_deployment(name="mine"))',
        '',
      ].join('\n'),
      'jobs/beside_etl.py': flowFile(
        'beside-etl',
        ['import sys, os'],
        '"jobs" in sys.path[0] and os.path.exists("jobs")',
      ),
    },
    projects: { beside_etl: { root: 'jobs/beside_etl.py' } },
    edits: {
      'jobs/beside_etl.py': ['beside_etl'],
      'jobs/deployments.py': ['beside_etl'],
      'jobs/notes.py': [],
      'jobs/README.md': [],
      'nx.json': ['beside_etl'],
    },
    deployments: ['beside-etl/mine'],
  },
  'two packages with an environment each': {
    options: { flows: ['packages/*/src/*/flows/*.py'] },
    files: {
      'packages/a/pyproject.toml': '[project]\nname = "pkg-a"\n',
      'packages/a/src/pkg_a/__init__.py': '',
      'packages/a/src/pkg_a/settings.py': 'X = 1\n',
      'packages/a/src/pkg_a/flows/mono_a.py': flowFile('mono-a', ['from pkg_a.settings import X'], 'X == 1'),
      'packages/b/pyproject.toml': '[tool.setuptools.packages.find]\nwhere = ["src"]\n',
      'packages/b/src/pkg_b/__init__.py': '',
      'packages/b/src/pkg_b/core.py': 'from pkg_a.settings import X\n',
      'packages/b/src/pkg_b/flows/mono_b.py': flowFile(
        'mono-b',
        ['from pkg_b.core import X', gone('import pkg_b.gone')],
        'X == 1',
      ),
    },
    projects: {
      mono_a: { root: 'packages/a/src/pkg_a/flows/mono_a.py', edges: ['pkg_a'] },
      mono_b: { root: 'packages/b/src/pkg_b/flows/mono_b.py', edges: ['pkg_a', 'pkg_b'] },
      pkg_a: { root: 'packages/a/src/pkg_a' },
      pkg_b: { root: 'packages/b/src/pkg_b', edges: ['pkg_a'] },
    },
    edits: {
      'packages/a/src/pkg_a/settings.py': ['mono_a', 'mono_b'],
      'packages/b/src/pkg_b/core.py': ['mono_b'],
      'packages/a/src/pkg_a/flows/mono_a.py': ['mono_a'],
      'packages/a/src/pkg_a/unused.py': [],
      'packages/b/src/pkg_b/gone.py': ['mono_b'],
    },
    deployments: ['mono-a/default', 'mono-b/default'],
  },
};

/** All of them in one repository. */
export function mixed(repositories: readonly ForeignRepository[]): ForeignRepository {
  const all = <K extends 'files' | 'projects' | 'edits'>(key: K) =>
    Object.assign({}, ...repositories.map((each) => each[key])) as ForeignRepository[K];
  const yamls = repositories.flatMap(({ files }) => files['prefect.yaml'] ?? []);
  const [first = '', ...rest] = yamls;
  const more = rest.map((text) => text.slice(text.indexOf('deployments:\n') + 'deployments:\n'.length));
  const { 'nx.json': _all, 'prefect.yaml': _shared, 'libs/alerts/gone.py': _whole, ...edits } = all('edits');
  return {
    options: { flows: repositories.flatMap(({ options }) => (options['flows'] as string[] | undefined) ?? []) },
    files: { ...all('files'), ...(first === '' ? {} : { 'prefect.yaml': first + more.join('') }) },
    projects: all('projects'),
    edits,
    deployments: repositories.flatMap(({ deployments }) => deployments),
  };
}

/** A package of fifty flows, two of which reach one module of it; and a pattern that matches nothing. */
export const FIFTY: Pick<ForeignRepository, 'options' | 'files'> = {
  options: { flows: ['src/*/flows/*.py', 'jobs/*.py'] },
  files: {
    'src/big/__init__.py': '',
    'src/big/shared.py': 'X = 1\n',
    'src/big/rare.py': 'X = 1\n',
    'src/big/flows/__init__.py': '',
    ...Object.fromEntries(
      Array.from({ length: 50 }, (_, at) => {
        const imports = ['from big.shared import X', ...(at % 25 === 0 ? ['import big.rare'] : [])];
        return [`src/big/flows/job_${at}.py`, flowFile(`job-${at}`, imports)];
      }),
    ),
  },
};

/** Flat, and on Prefect 0.15. */
export const OLD: Pick<ForeignRepository, 'options' | 'files'> = {
  options: { flows: ['flows/*.py'] },
  files: {
    'flows/old_etl.py': oldFlow('old-etl', 'from flows.shared import X', 'X == 2'),
    'flows/old_load.py': oldFlow('old-load', 'import names, utils.text', 'names.X == utils.text.X == 1'),
    'flows/shared.py': 'X = 2\n',
    'flows/names.py': 'X = 1\n',
    'utils/text.py': 'X = 1\n',
  },
};

function oldFlow(name: string, imports: string, check: string): string {
  return [
    'from prefect import Flow, task',
    imports,
    '@task',
    'def check():',
    `    assert ${check}`,
    `with Flow("${name}") as flow:`,
    '    check()',
    '',
  ].join('\n');
}
