import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sha256 } from '../canonical';
import { FlowError } from '../errors';
import type { BuildOptions } from '../executors/flow/build-options';
import type { Engine, Loaded, LoadedPrefect3, LoadRequest } from '../python/protocol';
import { codeDigest, shippedContent } from './digest';
import {
  type Manifest,
  newManifest,
  outputFolder,
  type Prefect1Manifest,
  type Prefect3Manifest,
  writeManifest,
} from './manifest';
import { prefect1Of, writeScript } from './prefect1';
import { yamlDeploymentsOf } from './prefect-yaml';
import { registrationsOf } from './registrations';
import type { ShippedFile } from './shipment';

/** One flow to build. */
export interface FlowToBuild {
  /** Nx project, say `project_1-flow1`. */
  flow: string;
  /** Its folder, relative to the workspace root. */
  folder: string;
  options: BuildOptions;
  /** What ships: workspace path -> path in the shipped code. */
  files: ShippedFile[];
  /** Workspace paths of the `prefect.yaml` files that exist beside the flow and at the root. */
  prefectYaml: string[];
  /** Absolute; where what ships is copied to, and loaded from. */
  code: string;
  /** Absolute; what becomes the build when it is done. */
  staging: string;
}

/** A flow whose files are copied and that is ready to be loaded. */
export interface StagedFlow extends FlowToBuild {
  codeFiles: Record<string, string>;
  sources: Record<string, string>;
}

/** Copies what ships to a folder of its own: what is loaded is what ships, and nothing else. */
export function stage(workspaceRoot: string, flow: FlowToBuild): StagedFlow {
  const codeFiles: Record<string, string> = {};
  const sources: Record<string, string> = {};
  const folders = new Set<string>();
  for (const { from, to } of flow.files) {
    const content = shippedContent(from, readSource(workspaceRoot, from, flow.flow));
    const target = join(flow.code, to);
    const folder = dirname(target);
    if (!folders.has(folder)) mkdirSync(folder, { recursive: true });
    folders.add(folder);
    writeFileSync(target, content);
    codeFiles[to] = sources[from] = sha256(content);
  }
  for (const file of flow.prefectYaml)
    sources[file] = sha256(shippedContent(file, readSource(workspaceRoot, file, flow.flow)));
  return { ...flow, codeFiles, sources };
}

/** @param id the Nx task */
export function loadRequest(id: string, flow: FlowToBuild): LoadRequest {
  const env = flow.options.buildEnv.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    id,
    root: flow.code,
    path: flowFile(flow),
    load: flow.options.load,
    ship: flow.options.ship,
    env: Object.fromEntries(env),
  };
}

/** Writes what only one kind of Prefect loads. */
export function prepareRequest(request: LoadRequest, engine: Engine, flow: StagedFlow): LoadRequest {
  return engine === 'prefect1' ? { ...request, script: writeScript(flow, flowFile(flow)) } : request;
}

export interface Built {
  manifest: Manifest;
  warnings: string[];
}

/**
 * Decides what is registered, writes the manifest, and puts the build in its place.
 * @throws FlowError `source-changed-by-load`, or when the file declares nothing that can be registered
 */
export function finish(workspaceRoot: string, flow: StagedFlow, loaded: Loaded): Built {
  const changed = changedByLoad(flow);
  if (changed) throw changed;
  const { entrypoint, load, buildEnv, ship } = flow.options;
  const common = {
    flow: flow.flow,
    options: { entrypoint, load, buildEnv, ship },
    code: { digest: codeDigest(flow.codeFiles), files: flow.codeFiles },
    sources: flow.sources,
    environmentRead: loaded.environmentRead,
    ...(loaded.clock && { clock: loaded.clock }),
  };
  const { manifest, warnings } =
    loaded.engine === 'prefect1'
      ? {
          manifest: newManifest<Prefect1Manifest>({
            ...common,
            engine: 'prefect1',
            ...prefect1Of(flow, flowFile(flow), loaded),
          }),
          warnings: [],
        }
      : prefect3(workspaceRoot, flow, loaded, common);
  mkdirSync(flow.staging, { recursive: true });
  writeManifest(flow.staging, manifest);
  const output = join(workspaceRoot, outputFolder(flow.folder));
  rmSync(output, { recursive: true, force: true });
  mkdirSync(dirname(output), { recursive: true });
  renameSync(flow.staging, output);
  return { manifest, warnings: [...loaded.warnings, ...warnings, ...undeclaredEnvironment(flow, loaded)] };
}

function prefect3(
  workspaceRoot: string,
  flow: StagedFlow,
  loaded: LoadedPrefect3,
  common: Omit<Prefect3Manifest, 'formatVersion' | 'engine' | 'registrations'>,
): Built {
  const yaml = flow.prefectYaml.map((file) =>
    yamlDeploymentsOf(flowFile(flow), file, readFileSync(join(workspaceRoot, file), 'utf8')),
  );
  const registrations = registrationsOf({
    flow: flow.flow,
    flowFile: flowFile(flow),
    entrypoint: flow.options.entrypoint,
    codeDigest: common.code.digest,
    loaded,
    yaml: yaml.flatMap(({ deployments }) => deployments),
  });
  return {
    manifest: newManifest<Prefect3Manifest>({ ...common, engine: 'prefect3', registrations }),
    warnings: yaml.flatMap(({ warnings }) => warnings),
  };
}

/** What was loaded is what ships only if the load left it alone: the error if it did not. */
export function changedByLoad({ flow, code, codeFiles }: StagedFlow): FlowError | undefined {
  const changed = Object.entries(codeFiles).find(([file, digest]) => digestOf(join(code, file)) !== digest);
  if (!changed) return undefined;
  return new FlowError({
    code: 'source-changed-by-load',
    flow,
    file: changed[0],
    what: 'The flow changes this file, which ships with it, while it is loaded.',
    next: 'Write to a temporary folder (`tempfile`), or inside the flow or a task.',
  });
}

function digestOf(file: string): string | undefined {
  try {
    return sha256(readFileSync(file));
  } catch {
    return undefined;
  }
}

/** Removes the output of an earlier build: after a failed one nothing that can be registered may remain. */
export function discardOutput(workspaceRoot: string, folder: string): void {
  rmSync(join(workspaceRoot, outputFolder(folder)), { recursive: true, force: true });
}

function flowFile(flow: FlowToBuild): string {
  return `${flow.folder}/flow.py`;
}

function undeclaredEnvironment(flow: FlowToBuild, { environmentRead }: Loaded): string[] {
  const undeclared = environmentRead.filter((name) => !flow.options.buildEnv.includes(name));
  if (undeclared.length === 0) return [];
  return [
    `The flow reads ${undeclared.join(', ')} while it is loaded; the build does not pass it on. ` +
      'Read it inside the flow, or name it in the option "buildEnv".',
  ];
}

function readSource(workspaceRoot: string, file: string, flow: string): Buffer {
  try {
    return readFileSync(join(workspaceRoot, file));
  } catch (cause) {
    throw new FlowError({
      code: 'source-vanished',
      flow,
      file,
      what: 'The file was listed and can no longer be read.',
      next: 'Run the command again.',
      cause,
    });
  }
}
