import { join, posix } from 'node:path';
import { formatError } from '../../core/errors';
import { readTextIfThere } from '../../core/read-file';
import type { Engine } from '../../engines/engine';
import { type GivenOptions, schema } from '../../options/register-options';
import { isPrefectYaml } from '../../workspace/prefect-yaml-files';
import { connectTo } from '../plan-tasks';

/** A value with the place that says it. */
export interface Found {
  text: string;
  from: string;
}

/** What one engine's flows are registered with. */
export interface ServerSettings {
  engine: Engine;
  server?: Found;
  /** Why there is no server, or why it does not answer. */
  failure?: string;
  workPool?: Found;
  /** Whether the pool is taken only since the server has no other: nx.json has to say so. */
  isOnlyPool?: boolean;
  /** Names of the server's work pools; undefined where the engine has none, or the server did not say. */
  workPools?: string[];
}

/** The server of an engine's flows as `register` will find it, and what that server says of work pools. */
export async function findServer(
  workspaceRoot: string,
  engine: Engine,
  register: Partial<GivenOptions>,
): Promise<ServerSettings> {
  const env = { ...process.env };
  try {
    const options = schema
      .omit({ image: true })
      .parse(register.apiUrl === undefined ? {} : { apiUrl: register.apiUrl });
    const workPool =
      register.workPool === undefined
        ? engine.defaultWorkPool?.({ workspaceRoot, env })
        : { text: register.workPool, from: 'the option workPool' };
    const connection = engine.connection({ workspaceRoot, options, env });
    const found: ServerSettings = {
      engine,
      server: { text: connection.apiUrl, from: connection.source },
      ...(workPool ? { workPool } : {}),
    };
    try {
      const workPools = await connectTo(workspaceRoot, { engine, connection }).workPools?.();
      const [only, ...others] = workPools ?? [];
      if (workPool === undefined && only !== undefined && others.length === 0)
        return {
          ...found,
          workPools: [only],
          workPool: { text: only, from: "the server's only one" },
          isOnlyPool: true,
        };
      return { ...found, ...(workPools ? { workPools } : {}) };
    } catch (error) {
      return { ...found, failure: formatError(error) };
    }
  } catch (error) {
    return { engine, failure: formatError(error) };
  }
}

/** `bucket: team-flows` of a push or pull step; the value may not be a placeholder. */
const IN_YAML = /^\s*(?:-\s*)?bucket:\s*["']?([a-z0-9][a-z0-9.-]+)["']?\s*(?:#.*)?$/m;
/** `S3(bucket="team-flows")` of Prefect 0.15 to 1.x, and a script's default for `--s3-bucket`. */
const IN_PYTHON = [
  /\bS3\(\s*(?:bucket\s*=\s*)?["']([a-z0-9][a-z0-9.-]+)["']/,
  /--s3-bucket["'][^)]*\bdefault\s*=\s*["']([a-z0-9][a-z0-9.-]+)["']/,
];

/** The bucket that flows' code goes to today: in a `prefect.yaml`, a flow or a script at the root that registers. */
export function findBucket(
  workspaceRoot: string,
  files: readonly string[],
  flows: readonly string[],
): Found | undefined {
  const scripts = files.filter((file) => file.endsWith('.py') && posix.dirname(file) === '.');
  const places: [files: readonly string[], patterns: readonly RegExp[]][] = [
    [files.filter(isPrefectYaml), [IN_YAML]],
    [[...scripts, ...flows], IN_PYTHON],
  ];
  for (const [candidates, patterns] of places) {
    for (const from of candidates) {
      const source = readTextIfThere(join(workspaceRoot, from)) ?? '';
      const text = patterns.map((pattern) => pattern.exec(source)?.[1]).find(Boolean);
      if (text !== undefined) return { text, from };
    }
  }
  return undefined;
}
