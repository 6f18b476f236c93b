import { execa } from 'execa';
import type { Engine } from './container-engine';
import type { PrivateConfig } from './private-config';

export interface EngineRun {
  ok: boolean;
  /** The end of what it printed on either stream. */
  output: string;
  exitCode: number | undefined;
}

export type RunEngine = (
  engine: Engine,
  argv: string[],
  how?: { input?: string; isQuiet?: boolean },
) => Promise<EngineRun>;

/** An error stands at the end; a build may print more than fits into a string. */
const KEPT = 64 * 1024;

/** Runs the engine's program. What it prints goes to the terminal as it comes, unless quiet. */
export function engineRunner(envOf: PrivateConfig['env'] = () => ({})): RunEngine {
  return async ({ name, builder }, argv, { input, isQuiet = false } = {}) => {
    const target = isQuiet ? 'pipe' : (['inherit', 'pipe'] as const);
    const running = execa(name, argv, {
      env: {
        ...envOf(name),
        ...(builder === 'buildkit' ? { DOCKER_BUILDKIT: '1' } : {}),
        // Attestations carry the time: a rebuild of which every layer is cached would get another digest.
        BUILDX_NO_DEFAULT_ATTESTATIONS: process.env['BUILDX_NO_DEFAULT_ATTESTATIONS'] ?? '1',
      },
      ...(input === undefined ? { stdin: 'ignore' } : { input }),
      stdout: target,
      stderr: target,
      all: true,
      buffer: false,
      reject: false,
    });
    let output = '';
    running.all.setEncoding('utf8').on('data', (part: string) => (output = (output + part).slice(-KEPT)));
    const { failed, exitCode } = await running;
    return { ok: !failed, output, exitCode };
  };
}
