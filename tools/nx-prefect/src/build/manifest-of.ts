import type { Engine } from '../engines/engine';
import type { Loaded } from '../engines/loaded';
import { FORMAT_VERSION, type Manifest, manifestOptions } from '../engines/manifest';
import type { FlowToBuild, StagedFlow } from '../engines/staged-flow';
import { codeDigest } from '../workspace/shipped-content';
import { stateOf } from './opened-state';

export interface Built {
  manifest: Manifest;
  warnings: string[];
}

/** What of a flow is registered, decided. @throws FlowError when the file declares nothing that can be registered */
export async function manifestOf(
  engine: Engine,
  flow: StagedFlow,
  loaded: Loaded,
  sourceDigest: string,
): Promise<Built> {
  const part = await engine.describe(flow, loaded);
  const unregistered = [...loaded.unregistered, ...(part.unregistered ?? [])];
  const manifest: Manifest = {
    formatVersion: FORMAT_VERSION,
    sourceDigest,
    flow: flow.flow,
    options: manifestOptions(flow.options),
    code: { digest: codeDigest(flow.codeFiles), files: flow.codeFiles },
    sources: flow.sources,
    environmentRead: loaded.environmentRead,
    ...(loaded.clock && { clock: loaded.clock }),
    ...(loaded.opened.length > 0 && { opened: stateOf(loaded.opened.map(({ path }) => path)) }),
    engine: engine.name,
    ...part,
    unregistered,
  };
  return { manifest, warnings: [...unregistered, ...loaded.warnings, ...undeclaredEnvironment(flow, loaded)] };
}

function undeclaredEnvironment(flow: FlowToBuild, { environmentRead }: Loaded): string[] {
  const undeclared = environmentRead.filter((name) => !flow.options.buildEnv.includes(name));
  if (undeclared.length === 0) return [];
  return [
    `The flow reads ${undeclared.join(', ')} while it is loaded; the build does not pass it on. ` +
      'Read it inside the flow, or name it in the option "buildEnv".',
  ];
}
