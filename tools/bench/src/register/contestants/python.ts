import { join } from 'node:path';
import { ROOT } from '../../paths';
import type { Contestant, Target } from '../contestant';
import { program, type Engine } from '../engine';
import { apiOf, BUCKET } from './nx';

const SCRIPTS = join(ROOT, 'tools', 'bench', 'src', 'register', 'python');
const [EACH, CLIENT] = [join(SCRIPTS, 'each.py'), join(SCRIPTS, 'client.py')];
const ALWAYS_ALL = ['first', 'nothing'] as const;

function env(engine: Engine, target: Target, root: string): Record<string, string> {
  const quiet =
    engine === 3
      ? { PREFECT_HOME: join(root, '.home'), PREFECT_LOGGING_LEVEL: 'CRITICAL', DO_NOT_TRACK: '1' }
      : { PREFECT__LOGGING__LEVEL: 'CRITICAL', PREFECT__HOME_DIR: join(root, '.home'), PYTHONWARNINGS: 'ignore' };
  return { ...apiOf(target, engine), ...quiet, PYTHONPATH: join(root, 'libs') };
}

const on3 = { engines: [3] as const, files: () => ({}), env: (target: Target, root: string) => env(3, target, root) };

/** A script over the folders of all flows. */
function script(engine: Engine, args: readonly string[]): Contestant['command'] {
  return (_scenario, { flows }) => [program(engine, 'python'), ...args, ...flows.map(({ folder }) => folder)];
}

export const deployAll: Contestant = {
  ...on3,
  key: 'deploy',
  name: 'prefect deploy --all',
  what: 'with a prefect.yaml of all flows; ships no code, and its run with nothing to do is the same as after any edit',
  scenarios: ALWAYS_ALL,
  files: ({ flows }, root) => ({
    'prefect.yaml': prefectYaml(
      flows.map(({ folder }) => folder),
      root,
    ),
  }),
  command: () => [program(3, 'prefect'), '--no-prompt', 'deploy', '--all'],
};

export const eachFlow3: Contestant = {
  ...on3,
  key: 'each',
  name: 'a process per flow',
  what: 'a script of one flow, with PrefectClient, started for each folder in turn; ships no code',
  scenarios: ['first'],
  command: script(3, [EACH, CLIENT]),
};

export const client: Contestant = {
  ...on3,
  key: 'client',
  name: 'one PrefectClient',
  what:
    'one Python process that loads all flows and writes them with PrefectClient, one after the other; ' +
    'ships no code',
  scenarios: ALWAYS_ALL,
  command: script(3, [CLIENT]),
};

/** A part of the limit. */
export const load: Contestant = {
  ...on3,
  key: 'load',
  name: 'limit: load',
  what: 'one Python process that imports Prefect and loads all flows once',
  scenarios: ['first'],
  readsOnly: true,
  command: script(3, [CLIENT, '--load-only']),
};

/** The seed's flows set their storage themselves: a script does it for these. */
const withStorage: Contestant['files'] = ({ flows, files }) =>
  Object.fromEntries(
    flows.map(({ folder }) => [
      `${folder}/flow.py`,
      `import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from prefect.run_configs import ECSRun
from prefect.storage import S3

${files[`${folder}/flow.py`]!}
flow.storage = S3("${BUCKET}")
flow.run_config = ECSRun(labels=["bench"])
`,
    ]),
  );

const on1 = { engines: [1] as const, files: withStorage, env: (target: Target, root: string) => env(1, target, root) };

export const registerAll: Contestant = {
  ...on1,
  key: 'register',
  name: 'prefect register',
  what:
    'one process for all; S3 storage as the flows set it, of pickles without their siblings; ' +
    'what it does with nothing to do is the same as after any edit',
  scenarios: ALWAYS_ALL,
  command: () => [program(1, 'prefect'), 'register', '--project', 'bench', '--path', 'flows/*/*/flow.py'],
};

export const eachFlow1: Contestant = {
  ...on1,
  key: 'each',
  name: 'a process per flow',
  what: '`prefect register` for each folder in turn; the same storage',
  scenarios: ['first'],
  command: script(1, [EACH, '--register', program(1, 'prefect')]),
};

function prefectYaml(folders: readonly string[], root: string): string {
  const deployments = folders.map((folder) => ({
    name: 'default',
    entrypoint: `${folder}/flow.py:main`,
    work_pool: { name: 'pool' },
  }));
  // YAML takes JSON.
  return JSON.stringify(
    { pull: [{ 'prefect.deployments.steps.set_working_directory': { directory: root } }], deployments },
    null,
    1,
  );
}
