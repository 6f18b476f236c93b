import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ExecutorContext, ProjectConfiguration } from '@nx/devkit';
import { execa } from 'execa';
import { FlowError } from '../core/errors';
import { parseOptions } from '../options/parse-options';
import { type TestOptions, schema } from '../options/test-options';
import { folderOf, isFile } from '../workspace/flow-places';
import { looseOf } from '../workspace/loose-inputs';
import { findEnvironment } from '../workspace/python-environment';
import { testFiles } from '../workspace/test-files';
import { type Outcome, type Verb, failed } from './outcome';
import { libRoots, PYTEST_PLUGIN, searchPath, testEnvironment } from './test-environment';

/** Runs each project's tests in a pytest of its own, a few at once; results come as they end. */
export const test: Verb = async function* (tasks, options, context) {
  const waiting = [...tasks];
  const running = new Map<string, Promise<Outcome>>();
  while (waiting.length > 0 || running.size > 0) {
    while (waiting.length > 0 && running.size < availableParallelism()) {
      const { id, target } = waiting.shift()!;
      running.set(id, testProject(context, id, target.project, options[id]));
    }
    const outcome = await Promise.race(running.values());
    running.delete(outcome.task);
    yield outcome;
  }
};

async function testProject(context: ExecutorContext, task: string, project: string, given: unknown): Promise<Outcome> {
  const output: string[] = [];
  try {
    await pytest(context, project, parseOptions(schema, task, given), output);
    return {
      task,
      kind: 'done',
      lines: output,
      results: [{ title: project, action: 'passed', fields: [], notes: [] }],
    };
  } catch (error) {
    const { lines, ...outcome } = failed(task, error);
    return { ...outcome, lines: [...output, ...lines] };
  }
}

/** @throws FlowError `no-tests`, `pytest-missing`, `tests-failed` */
async function pytest(context: ExecutorContext, flow: string, options: TestOptions, output: string[]): Promise<void> {
  const data = context.projectGraph.nodes[flow]!.data;
  const { root } = data;
  const files = testModules(context.root, data);
  if (files.length === 0) throw noTests(flow, root);

  const folder = folderOf(root);
  const environment = findEnvironment({ workspaceRoot: context.root, projectRoot: folder, python: options.python });
  const prefectHome = mkdtempSync(join(tmpdir(), 'nx-prefect-test-'));
  const { directory = isFile(root) ? 'root' : 'folder' } = options;
  const whereConfigured = options.directory === undefined ? ['-p', PYTEST_PLUGIN] : [];
  const junit = options.junit ? [`--junitxml=${resolve(context.root, options.junit, `${flow}.xml`)}`] : [];
  try {
    const {
      all,
      exitCode,
      failed: hasFailed,
      originalMessage,
    } = await execa(
      environment.python,
      ['-m', 'pytest', '-p', 'no:cacheprovider', ...whereConfigured, ...junit, ...options.args, ...files],
      {
        cwd: directory === 'root' ? context.root : join(context.root, folder),
        env: testEnvironment(process.env, searchPath(context.root, data, libRoots(context)), prefectHome),
        extendEnv: false,
        stdin: 'ignore',
        all: true,
        reject: false,
      },
    );
    if (all) output.push(all);
    if (!hasFailed) return;
    throw failure(flow, root, environment.python, all ?? '', exitCode, originalMessage);
  } finally {
    rmSync(prefectHome, { recursive: true, force: true });
  }
}

/** Absolute paths: a project's tests lie in its folder, or are named by its inputs. */
function testModules(workspaceRoot: string, data: ProjectConfiguration): string[] {
  const { root } = data;
  const own = isFile(root) ? [] : testFiles(join(workspaceRoot, root)).map((path) => `${root}/${path}`);
  return [...own, ...looseOf(data).testModules].map((file) => join(workspaceRoot, file));
}

function noTests(flow: string, file: string): FlowError {
  return new FlowError({
    code: 'no-tests',
    flow,
    file,
    what: 'No test was found.',
    next: 'Write some in tests.py, test_<name>.py or tests/test_<name>.py.',
  });
}

/** pytest's exit codes: 1 tests failed, 2 interrupted or an import failed, 3 internal, 4 usage, 5 nothing collected. */
function failure(
  flow: string,
  file: string,
  python: string,
  output: string,
  exitCode: number | undefined,
  reason = '',
): FlowError {
  if (exitCode === 5) return noTests(flow, file);
  if (/No module named '?pytest'?$/m.test(output)) {
    return new FlowError({
      code: 'pytest-missing',
      flow,
      what: `pytest is not installed in ${python}.`,
      next: `Install it: ${python} -m pip install pytest (or add it to the requirements of that environment).`,
    });
  }
  return new FlowError({
    code: 'tests-failed',
    flow,
    file,
    what:
      exitCode === 1
        ? 'Tests failed.'
        : `pytest ended with ${exitCode === undefined ? reason : `exit code ${exitCode}`}.`,
    next: 'pytest says above which and why.',
  });
}
