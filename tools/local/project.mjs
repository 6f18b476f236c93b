// Writes tools/e2e/project.json, which makes every suite a cached Nx target: node tools/local/project.mjs
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './install.mjs';
import { writeText } from './stamp.mjs';
import { reportOf, SUITES, target } from './suites.mjs';

export const PROJECT = join(ROOT, 'tools', 'e2e', 'project.json');

const workspace = (glob) => `{workspaceRoot}/${glob}`;

/**
 * What every suite reads: the plugin as it ships, the parts of the tests, these scripts, the versions of everything.
 */
const COMMON = [
  // Tests of its own tell another suite nothing.
  'tools/{nx-prefect,prefect1-server}/src/**/!(*.spec.ts)',
  'tools/{nx-prefect,prefect1-server}/*.json',
  'tools/nx-prefect/{python,scripts}/**/*',
  'tools/e2e/src/parts/**/*',
  'tools/e2e/{jest*.cjs,requirements*.txt}',
  'tools/local/**/*',
  '{package.json,nx.json,tsconfig.base.json,requirements.txt,.npmrc,.gitignore}',
];
/** Settings that change what a suite does. */
const SETTINGS = ['CHROMIUM', 'NX_PREFECT_LONG', 'NX_PREFECT_PICTURES', 'NX_PREFECT_SEED'];

export function project() {
  return {
    $schema: '../../node_modules/nx/schemas/project-schema.json',
    name: 'tests',
    namedInputs: {
      common: [
        ...COMMON.map(workspace),
        ...SETTINGS.map((env) => ({ env })),
        { runtime: 'node tools/local/machine.mjs' },
      ],
    },
    targets: Object.fromEntries(
      SUITES.map((suite) => [
        target(suite),
        {
          command: `node tools/local/suite.mjs ${suite.name}`,
          cache: true,
          inputs: ['common', ...suite.reads.map(workspace)],
          outputs: [workspace(reportOf(suite))],
        },
      ]),
    ),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href)
  writeText(PROJECT, `${JSON.stringify(project(), null, 2)}\n`);
