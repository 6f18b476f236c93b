import { FlowError } from '../core/errors';
import { type Engine, findEngine } from './container-engine';
import type { Build } from './run-build';

/** @throws FlowError `builder-too-old` for options that this engine would ignore or refuse in its own words */
export async function ableEngine(build: Build): Promise<Engine> {
  const engine = await findEngine(build.options.engine);
  const needs = lacking(build, engine);
  if (needs === undefined) return engine;
  const isDocker = engine.name === 'docker';
  throw new FlowError({
    code: 'builder-too-old',
    flow: build.source.project,
    what: isDocker
      ? `This docker builds without buildx, which ${needs} needs.`
      : `${engine.name} cannot do what the option ${needs} asks for: docker's buildx can.`,
    next: isDocker
      ? `Install its plugin (https://docs.docker.com/go/buildx)${BUILDX_ONLY.has(needs) ? '' : OTHERS}.`
      : 'Set the option "engine" to docker, or leave that option out.',
  });
}

const BUILDX_ONLY = new Set(['sbom', 'provenance']);
const OTHERS = ', or set the option "engine" to podman or buildah';

/** What is asked for that this engine has not. */
function lacking({ source, options }: Build, { name, builder }: Engine): string | undefined {
  const asked: Readonly<Record<string, boolean>> = {
    sbom: options.sbom !== undefined,
    provenance: options.provenance !== undefined,
    'several platforms': source.platforms.length > 1,
    buildContexts: Object.keys(options.buildContexts).length > 0,
    cache: options.cache !== undefined,
    cacheTo: options.cacheTo.length > 0,
    secrets: Object.keys(options.secrets).length > 0,
    ssh: options.ssh.length > 0,
    [source.ignore?.file ?? '']: source.ignore?.isOwn ?? false,
  };
  const notHere =
    name !== 'docker'
      ? [...BUILDX_ONLY]
      : builder === 'classic'
        ? Object.keys(asked)
        : builder === 'buildkit'
          ? [...BUILDX_ONLY, 'several platforms', 'buildContexts', 'cache', 'cacheTo']
          : [];
  return notHere.find((need) => asked[need]);
}
