import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson, sha256 } from '../../core/canonical';
import { FlowError } from '../../core/errors';
import type { LoadedPrefect1, Prefect1Flow } from './loaded-prefect1';
import type { FlowToBuild, StagedFlow } from '../staged-flow';
import { readShipped } from '../../workspace/read-shipped';
import { codeDigest } from '../../workspace/shipped-content';
import type { Prefect1Manifest, Prefect1Registration } from './prefect1-manifest';
import type { EnginePart } from '../manifest';
import { pickleScriptOf, scriptOf } from './script';
import { writeWhole } from '../../core/write-file';

/** Writes the script that ships, which is what the worker loads. @returns its absolute path */
export function writeScript(flow: StagedFlow): string {
  const files = Object.fromEntries(
    Object.keys(flow.codeFiles).map((file) => [file, readFileSync(join(flow.code, file))]),
  );
  return write(flow, scriptOf(flow.flowFile, files, flow.codeFiles));
}

/** Writes the script of a build that another machine has made. Pickles have no two alike: those are not shared. */
export function completeScript(workspaceRoot: string, flow: FlowToBuild, { code, script }: Prefect1Manifest): boolean {
  const files = Object.fromEntries(
    flow.files.map(({ from, to }) => [to, readShipped(workspaceRoot, from, { flow: flow.flow }).content]),
  );
  write(flow, scriptOf(flow.flowFile, files, code.files));
  return sha256(readFileSync(scriptFile(flow))) === script.files['flow.py'];
}

/** What of the manifest is Prefect 0.15's - 1.x's own. @throws FlowError `same-flow-name`, `entrypoint-not-found` */
export function flowRegistrations(flow: StagedFlow, loaded: LoadedPrefect1): EnginePart<Prefect1Manifest> {
  const { flowFile } = flow;
  const flows = chosenFlows(flow, loaded.flows);
  if (flow.options.ship === 'pickle') write(flow, pickleScriptOf(flowFile, loaded.pickles));
  const files = { 'flow.py': sha256(readFileSync(scriptFile(flow))) };
  const digest = flow.options.ship === 'pickle' ? pickleDigest(flow, loaded.pickles) : codeDigest(files);
  const registrations = flows.map(
    ({ attribute, flowName, serializedFlow, storage, storageLabels }): Prefect1Registration => {
      const registration = {
        flowName,
        entrypoint: `${flowFile}:${attribute}`,
        declaredIn: flowFile,
        serializedFlow,
        storage,
        storageLabels,
      };
      return { ...registration, digest: sha256(canonicalJson([digest, registration])) };
    },
  );
  return { script: { digest, files }, registrations };
}

/** As `prefect register` takes them: every flow that a name of the file holds. */
function chosenFlows(
  { flow, flowFile: file, options: { entrypoint } }: StagedFlow,
  flows: Prefect1Flow[],
): Prefect1Flow[] {
  const chosen = entrypoint === undefined ? flows : flows.filter(({ attribute }) => attribute === entrypoint);
  if (chosen.length === 0) {
    throw new FlowError({
      code: 'entrypoint-not-found',
      flow,
      file,
      what: `The option "entrypoint" names ${entrypoint}, and the file has no flow of that name.`,
      next: `It has: ${flows.map(({ attribute }) => attribute).join(', ')}.`,
    });
  }
  for (const [at, one] of chosen.entries()) {
    const other = chosen.slice(0, at).find(({ flowName }) => flowName === one.flowName);
    if (other) {
      throw new FlowError({
        code: 'same-flow-name',
        flow,
        file,
        ...(one.line === null ? {} : { line: one.line }),
        what:
          `${other.attribute} and ${one.attribute} are two flows with the same name, "${one.flowName}": ` +
          'the server would take them for two versions of one.',
        next: `Rename one of them, or set the option "entrypoint" of ${flow}:build to one.`,
      });
    }
  }
  return chosen;
}

/**
 * Pickles of one source differ from run to run, so they are known by what they were made of and by whom they can be
 * read. What they were made of includes the values that the sources read of declared environment variables: a pickle
 * holds on to them.
 */
function pickleDigest(flow: StagedFlow, pickles: Record<string, string>): string {
  const [first = '{}'] = Object.values(pickles);
  const { versions = {} } = JSON.parse(first) as { versions?: Record<string, string> };
  const { python = '', ...libraries } = versions;
  const environment = flow.options.buildEnv.map((name) => [name, process.env[name] ?? null]);
  return sha256(
    canonicalJson([
      'pickle',
      codeDigest(flow.codeFiles),
      environment,
      python.split('.').slice(0, 2),
      libraries,
      sha256(pickleScriptOf('', {})),
    ]),
  );
}

function write(flow: Pick<FlowToBuild, 'staging'>, script: string): string {
  mkdirSync(join(flow.staging, 'script'), { recursive: true });
  writeWhole(scriptFile(flow), script);
  return scriptFile(flow);
}

function scriptFile(flow: Pick<FlowToBuild, 'staging'>): string {
  return join(flow.staging, 'script', 'flow.py');
}
