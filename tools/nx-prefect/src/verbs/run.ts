import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { execa } from 'execa';
import { readManifest } from '../build/manifest-file';
import { FlowError } from '../core/errors';
import { PACKAGE_ROOT } from '../core/package-root';
import { parseOptions } from '../options/parse-options';
import { schema as buildSchema } from '../options/build-options';
import { folderOf } from '../workspace/flow-places';
import { findEnvironment } from '../workspace/python-environment';
import { buildOptionsOf } from './prepare';
import { libRoots, searchPath } from './test-environment';

const SCRIPT = join(PACKAGE_ROOT, 'python', 'nx_prefect_run.py');

/**
 * Runs a flow in its own Python, as Prefect does in a checkout, with the user's own Prefect settings.
 *
 * @param parameters as they were typed
 * @returns the exit code
 * @throws FlowError when the flow is not built, or has no Python
 */
export async function runFlow(
  context: ExecutorContext,
  flow: string,
  parameters: Record<string, unknown>,
): Promise<number> {
  const { root, configurationName } = context;
  const project = context.projectGraph.nodes[flow]?.data ?? { root: '' };
  const [registration] = readManifest(root, project.root)?.registrations ?? [];
  if (registration === undefined) throw notBuilt(flow);
  const build = parseOptions(buildSchema, `${flow}:build`, buildOptionsOf(context, flow, configurationName));
  const query = { workspaceRoot: root, projectRoot: folderOf(project.root), python: build.python };
  const { python } = findEnvironment(query);
  const { exitCode } = await execa(python, [SCRIPT], {
    cwd: root,
    env: { PYTHONPATH: searchPath(root, project, libRoots(context)), PYTHONDONTWRITEBYTECODE: '1' },
    input: JSON.stringify({ entrypoint: registration.entrypoint, parameters }),
    stdout: 'inherit',
    stderr: 'inherit',
    reject: false,
  });
  return exitCode ?? 1;
}

function notBuilt(flow: string): FlowError {
  return new FlowError({
    code: 'not-built',
    flow,
    what: 'There is no build of this flow, which says what to run.',
    next: `Run: nx run ${flow}:build`,
  });
}
