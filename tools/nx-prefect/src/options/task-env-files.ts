import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { parseEnv } from 'node:util';
import { FlowError } from '../core/errors';

export interface EnvFilesOf {
  /** Nx project, and its folder. */
  flow: string;
  folder: string;
  target: { target: string; configuration?: string };
  /** Which variables count. */
  names: RegExp;
}

/**
 * Nx's batch workers do not load the env files of a task (nrwl/nx#35759), though they enter its hash. A file that names
 * another server or AWS account than this process has would be ignored, and the run would write to the wrong place.
 * @throws FlowError `task-env-file` for the first variable that counts and that a task's env file sets to something
 * else
 */
export function refuseTaskEnvFiles(
  workspaceRoot: string,
  { flow, folder, target, names }: EnvFilesOf,
  env: NodeJS.ProcessEnv,
): void {
  for (const file of taskEnvFiles(folder, target.target, target.configuration)) {
    const path = join(workspaceRoot, file);
    if (!existsSync(path)) continue;
    for (const [name, value] of Object.entries(parseEnv(readFileSync(path, 'utf8')))) {
      if (!names.test(name) || env[name] === value) continue;
      throw new FlowError({
        code: 'task-env-file',
        flow,
        file,
        what: `The file sets ${name}, which Nx does not pass to batches of tasks.`,
        next:
          `Set ${name} in the environment of the command or in the workspace's .env, ` +
          'or use an option (apiUrl, awsProfile, awsRegion).',
      });
    }
  }
}

/**
 * Nx 24's names of env files (`getEnvPathsForTask`), without the three of the root that Nx loads into its own process.
 */
function taskEnvFiles(folder: string, target: string, configuration: string | undefined): string[] {
  const identifiers = [...(configuration ? [`${target}.${configuration}`, configuration] : []), target];
  const named = (root: string) =>
    identifiers.flatMap((id) =>
      [`.env.${id}.local`, `.env.${id}`, `.${id}.local.env`, `.${id}.env`].map((name) => posix.join(root, name)),
    );
  const plain = ['.env.local', '.local.env', '.env'].map((name) => posix.join(folder, name));
  return [...named(folder), ...plain, ...named('')];
}
