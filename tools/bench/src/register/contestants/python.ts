import { join } from 'node:path';
import { ROOT } from '../../paths';
import type { Contestant, Target } from '../contestant';
import { program, type Engine } from '../engine';
import { apiOf, BUCKET } from './nx';

const SCRIPTS = join(ROOT, 'tools', 'bench', 'src', 'register', 'python');
const ALWAYS_ALL = ['first', 'nothing'] as const;

function env(engine: Engine, target: Target, root: string): Record<string, string> {
  const quiet = engine === 3 ? { PREFECT_HOME: join(root, '.home'), PREFECT_LOGGING_LEVEL: 'CRITICAL', DO_NOT_TRACK: '1' } : { PREFECT__LOGGING__LEVEL: 'CRITICAL', PREFECT__HOME_DIR: join(root, '.home'), PYTHONWARNINGS: 'ignore' };
  return { ...apiOf(target, engine), ...quiet, PYTHONPATH: join(root, 'libs') };
}

const none = () => ({});

export const deployAll: Contestant = {
  key: 'deploy',
  name: 'prefect deploy --all',
  what: "with a prefect.yaml of all flows; ships no code, and its run with nothing to do is the same as after any edit",
  engines: [3],
  scenarios: ALWAYS_ALL,
  files: ({ flows }, root) => ({ 'prefect.yaml': prefectYaml(flows.map(({ folder }) => folder), root) }),
  command: () => [program(3, 'prefect'), '--no-prompt', 'deploy', '--all'],
  env: (target, root) => env(3, target, root),
};

export const eachFlow3: Contestant = {
  key: 'each',
  name: 'a process per flow',
  what: 'a script of one flow, with PrefectClient, started for each folder in turn; ships no code',
  engines: [3],
  scenarios: ['first'],
  files: none,
  command: (_scenario, { flows }) => [program(3, 'python'), join(SCRIPTS, 'each.py'), join(SCRIPTS, 'client.py'), ...flows.map(({ folder }) => folder)],
  env: (target, root) => env(3, target, root),
};

export const client: Contestant = {
  key: 'client',
  name: 'one PrefectClient',
  what: 'one Python process that loads all flows and writes them with PrefectClient, one after the other; ships no code',
  engines: [3],
  scenarios: ALWAYS_ALL,
  files: none,
  command: (_scenario, { flows }) => [program(3, 'python'), join(SCRIPTS, 'client.py'), ...flows.map(({ folder }) => folder)],
  env: (target, root) => env(3, target, root),
};

/** A part of the limit. */
export const load: Contestant = {
  key: 'load',
  name: 'limit: load',
  what: 'one Python process that imports Prefect and loads all flows once',
  engines: [3],
  scenarios: ['first'],
  readsOnly: true,
  files: none,
  command: (_scenario, { flows }) => [program(3, 'python'), join(SCRIPTS, 'client.py'), '--load-only', ...flows.map(({ folder }) => folder)],
  env: (target, root) => env(3, target, root),
};

/** The seed's flows set their storage themselves: a script does it for these. */
const withStorage: Contestant['files'] = ({ flows, files }) =>
  Object.fromEntries(
    flows.map(({ folder }) => [
      `${folder}/flow.py`,
      `import os\nimport sys\n\nsys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))\nfrom prefect.run_configs import ECSRun\nfrom prefect.storage import S3\n\n${files[`${folder}/flow.py`]!}\nflow.storage = S3("${BUCKET}")\nflow.run_config = ECSRun(labels=["bench"])\n`,
    ]),
  );

export const registerAll: Contestant = {
  key: 'register',
  name: 'prefect register',
  what: 'one process for all; S3 storage as the flows set it, of pickles without their siblings; what it does with nothing to do is the same as after any edit',
  engines: [1],
  scenarios: ALWAYS_ALL,
  files: withStorage,
  command: () => [program(1, 'prefect'), 'register', '--project', 'bench', '--path', 'flows/*/*/flow.py'],
  env: (target, root) => env(1, target, root),
};

export const eachFlow1: Contestant = {
  key: 'each',
  name: 'a process per flow',
  what: '`prefect register` for each folder in turn; the same storage',
  engines: [1],
  scenarios: ['first'],
  files: withStorage,
  command: (_scenario, { flows }) => [program(1, 'python'), join(SCRIPTS, 'each.py'), '--register', program(1, 'prefect'), ...flows.map(({ folder }) => folder)],
  env: (target, root) => env(1, target, root),
};

function prefectYaml(folders: readonly string[], root: string): string {
  const deployments = folders.map((folder) => ({ name: 'default', entrypoint: `${folder}/flow.py:main`, work_pool: { name: 'pool' } }));
  // YAML takes JSON.
  return JSON.stringify({ pull: [{ 'prefect.deployments.steps.set_working_directory': { directory: root } }], deployments }, null, 1);
}
