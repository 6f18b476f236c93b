import { join } from 'node:path';
import { readTextIfThere } from '../../core/read-file';
import type { Engine } from '../../engines/engine';
import { DEFAULT_ENGINE } from '../../engines/engines';
import type { InitOptions } from '../../options/init-options';
import type { GivenOptions } from '../../options/register-options';
import { isPrefectYaml } from '../../workspace/prefect-yaml-files';
import { type Json, pluginOptionsIn } from './edits';
import { type EnvironmentFound, findEnvironments, namedEnvironment } from './find-environments';
import { type FlowsFound, findFlows } from './find-flows';
import { findBucket, findServer, type Found, type ServerSettings } from './find-settings';

/** What a repository says of itself. */
export interface Findings {
  flows: FlowsFound;
  environments: EnvironmentFound[];
  /** Why flows have no environment. */
  failures: string[];
  /** An environment that is not called `.venv`, or the one that was typed. */
  python: string | undefined;
  servers: ServerSettings[];
  /** Whether a flow has no work pool of its own. */
  needsPool: boolean;
  bucket: Found | undefined;
}

/** @param files workspace paths, sorted */
export async function lookThrough(
  workspaceRoot: string,
  files: readonly string[],
  typed: InitOptions,
): Promise<Findings> {
  const before = pluginOptionsIn(readTextIfThere(join(workspaceRoot, 'nx.json')));
  const flows = findFlows(workspaceRoot, files, typed.flows ? { ...before, flows: typed.flows } : before);
  const python = typed.python ?? namedEnvironment(workspaceRoot);
  const its = before['build'] as { python?: string } | undefined;
  const { environments, failures } = findEnvironments(workspaceRoot, flows.flows, python ?? its?.python);
  const register = { ...(before['register'] as object | undefined), ...registerWords(typed) };
  const engines = new Set<Engine>(environments.flatMap(({ engine }) => engine ?? []));
  if (engines.size === 0) engines.add(DEFAULT_ENGINE);
  const servers = [...engines].map((engine) => findServer(workspaceRoot, engine, register));
  const flowFiles = flows.flows.map(({ file }) => file);
  return {
    flows,
    environments,
    failures,
    python,
    servers: await Promise.all(servers),
    needsPool: needsPool(workspaceRoot, files, flows),
    bucket: register.s3Bucket
      ? { text: register.s3Bucket, from: 'the option s3Bucket' }
      : findBucket(workspaceRoot, files, flowFiles),
  };
}

/** Options of `register` that were typed for `init`. */
export function registerWords({ apiUrl, workPool, s3Bucket }: InitOptions): Partial<GivenOptions> & Json {
  const words = { apiUrl, workPool, s3Bucket };
  return Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined));
}

/** A `prefect.yaml` that names every flow mostly names their pools too: Prefect's own rule is asked when it builds. */
function needsPool(workspaceRoot: string, files: readonly string[], { flows, namedBy }: FlowsFound): boolean {
  if (flows.length === 0 || flows.some(({ file }) => !namedBy.has(file))) return true;
  const named = files.filter((file) => isPrefectYaml(file) && [...namedBy.values()].flat().includes(file));
  return named.some((file) => !/^\s*work_pool\s*:/m.test(readTextIfThere(join(workspaceRoot, file)) ?? ''));
}
