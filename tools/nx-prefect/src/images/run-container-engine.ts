import { join } from 'node:path';
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

/** A push whose deploy was killed would go on, and put a tag on an image that nobody waits for. */
const ENDS_WITH_PARENT = join(__dirname, 'ends-with-parent.js');

/** Runs the engine's program. @param isShown whether what it prints goes to the terminal as it comes, unless quiet */
export function engineRunner(isShown: boolean, envOf: PrivateConfig['env'] = () => ({})): RunEngine {
  return async ({ name, builder }, argv, { input, isQuiet = !isShown } = {}) => {
    const target = isQuiet ? 'pipe' : (['inherit', 'pipe'] as const);
    const running = execa(process.execPath, [ENDS_WITH_PARENT, name, ...argv], {
      env: {
        ...envOf(name),
        ...(builder === 'buildkit' ? { DOCKER_BUILDKIT: '1' } : {}),
        // Those that are asked for are said with the build; what buildx adds by itself nobody reads.
        BUILDX_NO_DEFAULT_ATTESTATIONS: '1',
      },
      ...(input === undefined ? {} : { input }),
      stdio: [input === undefined ? 'ignore' : 'pipe', target, target, 'pipe'],
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
