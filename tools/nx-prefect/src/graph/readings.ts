import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readIfThere } from '../core/read-file';
import { nxDataFolder } from '../workspace/nx-files';
import { definesFlow } from '../scanner/defines-flow';
import { scanImports, SCANNER_VERSION, type Import } from '../scanner/imports';
import { type Traits, TRAITS_VERSION, traitsOf } from '../scanner/traits';
import { ENTRYPOINTS_VERSION, namedEntrypoints, type NamedEntrypoints } from '../workspace/prefect-yaml-entrypoints';
import { readReadme, README_VERSION, type Readme } from './readme';
import { keepIfPossible } from '../core/write-file';

/**
 * What every graph needs to know of files' contents. Answers are kept by Nx's hash of the file, so a file is read again
 * only after it changed.
 */
export interface Readings {
  imports(file: string, hash: string): Import[];
  traits(file: string, hash: string): ModuleTraits;
  /** What a `prefect.yaml` names. */
  entrypoints(file: string, hash: string): NamedEntrypoints;
  /** Empty if there is no such file: `hash` is undefined then. */
  readme(file: string, hash: string | undefined): Readme;
  /** Starts a graph that asks for everything: answers that it does not ask for are dropped. */
  renew(): void;
  /** For a graph that reuses the last one's projects: what that one asked for is not dropped. */
  keepAll(): void;
  /** Writes the answers down for the next process. */
  save(): void;
}

interface ModuleTraits extends Traits {
  definesFlow: boolean;
}

const NO_TRAITS: ModuleTraits = { importsUnnamed: false, readsBeside: false, declares: false, definesFlow: false };
const NOTHING: Readme = { description: '', owners: [] };

/** By workspace. A daemon makes a graph after every edit. */
const opened = new Map<string, Readings>();

/** The answers lie beside Nx's own cache of the graph, so that `nx reset` removes them too. */
export function openReadings(workspaceRoot: string): Readings {
  let readings = opened.get(workspaceRoot);
  if (!readings) opened.set(workspaceRoot, (readings = readingsOf(workspaceRoot)));
  return readings;
}

function readingsOf(workspaceRoot: string): Readings {
  const store = join(
    nxDataFolder(workspaceRoot),
    `nx-prefect-${[SCANNER_VERSION, README_VERSION, ENTRYPOINTS_VERSION, TRAITS_VERSION].join('.')}.json`,
  );
  const [imports, readmes, traits, entrypoints] = load(store);
  let unsaved = false;

  function ask<T>({ known, asked }: Kept<T>, file: string, hash: string, read: (source: Buffer) => T): T | undefined {
    let found = asked.get(hash) ?? known.get(hash);
    if (found === undefined) {
      const source = readIfThere(join(workspaceRoot, file));
      if (!source) return undefined; // deleted since Nx listed it; Nx makes another graph
      found = read(source);
      unsaved = true;
    }
    asked.set(hash, found);
    return found;
  }

  return {
    imports: (file, hash) => ask(imports, file, hash, scanImports) ?? [],
    traits: (file, hash) => ask(traits, file, hash, moduleTraits) ?? NO_TRAITS,
    entrypoints: (file, hash) =>
      ask(entrypoints, file, hash, (source) => namedEntrypoints(source.toString())) ?? { named: [] },
    readme: (file, hash) =>
      (hash === undefined ? undefined : ask(readmes, file, hash, (source) => readReadme(source.toString()))) ?? NOTHING,
    renew() {
      for (const each of [imports, readmes, traits, entrypoints]) [each.known, each.asked] = [each.asked, new Map()];
    },
    keepAll() {
      for (const { known, asked } of [imports, readmes, traits, entrypoints])
        for (const [hash, answer] of known as Map<string, never>) if (!asked.has(hash)) asked.set(hash, answer);
    },
    save() {
      if (unsaved)
        keepIfPossible(store, JSON.stringify([imports, readmes, traits, entrypoints].map(({ asked }) => [...asked])));
      unsaved = false;
    },
  };
}

/** By hash. */
interface Kept<T> {
  /** Of the time before it was renewed. */
  known: Map<string, T>;
  asked: Map<string, T>;
}

function kept<T>(saved: [string, T][] = []): Kept<T> {
  return { known: new Map(), asked: new Map(saved) };
}

type Saved = [[string, Import[]][], [string, Readme][], [string, ModuleTraits][], [string, NamedEntrypoints][]];

function load(store: string): [Kept<Import[]>, Kept<Readme>, Kept<ModuleTraits>, Kept<NamedEntrypoints>] {
  try {
    const [imports, readmes, traits, entrypoints] = JSON.parse(readFileSync(store, 'utf8')) as Saved;
    return [kept(imports), kept(readmes), kept(traits), kept(entrypoints)];
  } catch {
    return [kept(), kept(), kept(), kept()]; // missing or damaged: all files are read again
  }
}

function moduleTraits(source: Buffer): ModuleTraits {
  const text = source.toString('latin1');
  return { ...traitsOf(text), definesFlow: definesFlow(text, scanImports(source)) };
}
