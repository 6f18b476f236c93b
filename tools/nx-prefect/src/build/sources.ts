import type { ExecutorContext } from '@nx/devkit';
import { sha256 } from '../core/canonical';
import type { FlowToBuild, StagedFlow } from '../engines/staged-flow';
import { folderOf } from '../workspace/flow-places';
import { findEnvironment } from '../workspace/python-environment';
import { addDeclared } from '../workspace/prefect-yaml-part';
import { readShipped } from '../workspace/read-shipped';
import { type Environment, environmentOf, flowPackages } from './flow-packages';
import { sourceDigest } from './source-digest';
import { toolDigest } from './tool-digest';

/** A flow's source as it is now. */
export interface Source extends Pick<StagedFlow, 'codeFiles' | 'sources'> {
  digest: string;
  /** Why no other machine may take a build of it. */
  unsure?: string;
}

/** Reads sources for one run: each file and each environment once. */
export class Sources {
  readonly #context: ExecutorContext;
  readonly #known: ReadonlySet<string>;
  readonly #files = new Map<string, string>();
  readonly #yamls = new Map<string, string>();
  readonly #environments = new Map<string, Environment>();

  /** @param files each project's files, as `projectFiles` returns them */
  constructor(context: ExecutorContext, files: Record<string, string[]>) {
    this.#context = context;
    this.#known = new Set(Object.values(files).flat());
  }

  /** @throws FlowError for a file that can't ship, an environment that is not there */
  of(flow: FlowToBuild): Source {
    const codeFiles: Record<string, string> = {};
    const sources: Record<string, string> = {};
    for (const { from, to } of flow.files) codeFiles[to] = sources[from] = this.#file(flow.flow, from);
    addDeclared(sources, flow, (file) => this.#yaml(flow.flow, file));
    return { codeFiles, sources, ...this.digestOf(flow, { sources }) };
  }

  /** The digest of files that were read before. */
  digestOf(flow: FlowToBuild, files: Pick<StagedFlow, 'sources'>): Pick<Source, 'digest' | 'unsure'> {
    const { unsure, ...packages } = flowPackages(flow.flow, this.#context.projectGraph, this.#environment(flow));
    const digest = sourceDigest(flow, files, { ...packages, tool: toolDigest() });
    return { digest, ...(unsure === undefined ? {} : { unsure }) };
  }

  #file(flow: string, file: string): string {
    const known = this.#files.get(file);
    if (known !== undefined) return known;
    const digest = sha256(this.#read(flow, file));
    this.#files.set(file, digest);
    return digest;
  }

  #yaml(flow: string, file: string): string {
    const text = this.#yamls.get(file) ?? this.#read(flow, file).toString();
    this.#yamls.set(file, text);
    return text;
  }

  #read(flow: string, file: string): Buffer {
    return readShipped(this.#context.root, file, { flow, known: this.#known }).content;
  }

  #environment({ folder, options: { python: option } }: FlowToBuild): Environment {
    const { root: workspaceRoot } = this.#context;
    const { python } = findEnvironment({ workspaceRoot, projectRoot: folderOf(folder), python: option });
    const environment = this.#environments.get(python) ?? environmentOf(python);
    this.#environments.set(python, environment);
    return environment;
  }
}
