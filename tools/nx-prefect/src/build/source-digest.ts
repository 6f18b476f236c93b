import { canonicalJson, sha256 } from '../core/canonical';
import type { FlowToBuild, StagedFlow } from '../engines/staged-flow';

/** What surrounds a flow's files when it is built. */
export interface Surroundings {
  /** `python3.11`. A patch version changes no manifest. */
  python: string;
  /**
   * The packages that the flow reaches, Prefect among them: what the lock says of each, and the version that is
   * installed. Where no lock tells which they are, all that are installed.
   */
  packages: { locked: Record<string, string>; installed: Record<string, string> };
  /** Digest of this plugin's code and of the worker: both write into a manifest. */
  tool: string;
}

/**
 * Digest of everything that can change what a build makes of a flow. Equal digests have equal manifests, whoever built
 * them, so a build with this digest is never made again.
 *
 * In it is what the list below names. What is not, can't matter, and why:
 *
 * - The place of the checkout, home, host and user, the time: the second load has others, and a value that differs
 *   between the two loads is refused, or marked as the clock's.
 * - Environment variables that `buildEnv` does not name: the worker does not have them. PATH and the loader's are left,
 *   and a build that reads one of them is not shared.
 * - Files that do not ship: the load sees a copy of what ships. One that opens something else is not shared, and the
 *   build in `dist/` holds only as long as that stays the same.
 * - `python`, `timeLimit`, and how loads are kept apart: they decide where and whether a load ends, not what it says.
 * - The operating system: what it gives a flow comes by files or by packages, and both are covered above.
 * - The server, the store and the options of `register`: they are asked after the build, each time.
 */
export function sourceDigest(...source: Parameters<typeof sourceParts>): string {
  return sha256(canonicalJson(sourceParts(...source)));
}

/** What is in the digest. */
export function sourceParts(
  { flow, flowFile, files, prefectYaml, options }: FlowToBuild,
  { sources }: Pick<StagedFlow, 'sources'>,
  { python, packages, tool }: Surroundings,
) {
  const { entrypoint, load, ship, buildEnv, allowSecretFiles } = options;
  return {
    flow,
    flowFile,
    // Each file that ships, by both its paths and its content; then what declares for the flow without shipping.
    ships: files.map(({ from, to }) => [to, from, sources[from]]),
    // Its part of each prefect.yaml.
    declares: prefectYaml.flatMap((file) => (sources[file] === undefined ? [] : [[file, sources[file]]])),
    entrypoint,
    load,
    ship,
    // It decides whether there is a build at all.
    allowSecretFiles,
    buildEnv: buildEnv.map((name) => [name, process.env[name] ?? null]),
    python,
    ...packages,
    tool,
  };
}
