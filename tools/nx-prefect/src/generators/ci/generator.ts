import { join } from 'node:path';
import { type Tree, generateFiles } from '@nx/devkit';
import { type CiGeneratorOptions, schema } from '../../options/ci-generator-options';
import { parseOptions } from '../../options/parse-options';
import { say } from '../../report/terminal';
import { Packages } from '../../verbs/init/packages';
import { defaultBranch, originOf } from '../../verbs/init/repository';
import { freePath, installedFor, pluginOptions } from '../workspace-of-tree';

const WORKFLOWS = { github: '.github/workflows/flows.yml', gitlab: '.gitlab-ci.yml' };

/** What puts a repository's Python packages into `.venv`, by the file that names them, the best first. */
const PYTHON_PACKAGES: readonly [file: string, lines: string[]][] = [
  ['uv.lock', ['pip install uv', 'uv sync --frozen']],
  ['poetry.lock', ['pip install poetry', 'POETRY_VIRTUALENVS_IN_PROJECT=true poetry install']],
  ['pdm.lock', ['pip install pdm', 'pdm sync']],
  ['requirements.txt', ['python -m venv .venv', '.venv/bin/pip install -r requirements.txt pytest']],
];

/**
 * Writes a workflow that tests and plans pull requests and registers on the main branch.
 * @throws FlowError `flow-exists` where there is one
 */
export default async function ciGenerator(tree: Tree, given: CiGeneratorOptions): Promise<() => void> {
  const { ci = await usual(tree) } = parseOptions(schema, 'ci', given, 'nx g nx-prefect:ci --help');
  const file = freePath(tree, WORKFLOWS[ci]);
  const { words } = new Packages(tree.root, process.env);
  const { python = 'python3.12', prefect } = installedFor(tree, '.');
  const { register } = pluginOptions(tree);
  const images = hasImage(tree);
  const [, inPython = ['python -m venv .venv', `.venv/bin/pip install "prefect==${prefect ?? '3.*'}" pytest`]] =
    PYTHON_PACKAGES.find(([lock]) => tree.exists(lock)) ?? [];
  generateFiles(tree, join(__dirname, 'files', ci), '.', {
    branch: await defaultBranch(tree.root),
    exec: words.exec,
    install: [...words.frozenInstall, ...inPython],
    python: python.replace('python', ''),
    aws: images || register['s3Bucket'] !== undefined,
    images,
  });
  return () => say(`\nWritten: ${file}. Its first lines name the variables that it needs.`);
}

async function usual(tree: Tree): Promise<keyof typeof WORKFLOWS> {
  return tree.exists(WORKFLOWS.gitlab) || /gitlab/i.test((await originOf(tree.root)) ?? '') ? 'gitlab' : 'github';
}

function hasImage(tree: Tree): boolean {
  const { imagesDirectory } = pluginOptions(tree);
  return (
    tree.exists('Dockerfile') ||
    tree.children(imagesDirectory).some((name) => tree.exists(`${imagesDirectory}/${name}/Dockerfile`))
  );
}
