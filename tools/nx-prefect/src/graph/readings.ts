import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { nxDataFolder } from './file-map';
import { scanImports, SCANNER_VERSION, type Import } from './imports';
import { readReadme, README_VERSION, type Readme } from './readme';

/** What every graph asks of files, changed or not. `hash` is Nx's: it changes when the content does. */
export interface Readings {
  imports(file: string, hash: string): Import[];
  /** Says nothing where there is no such file: `hash` is undefined then. */
  readme(file: string, hash: string | undefined): Readme;
  /** Before all that is still of use is asked for anew: what isn't is dropped. */
  renew(): void;
  /** After each graph: for the next process. */
  save(): void;
}

const NOTHING: Readme = { description: '', owners: [] };

/** By workspace: a daemon asks again after every edit. */
const opened = new Map<string, Readings>();

/** Kept beside Nx's own cache of the graph, so that `nx reset` takes it away too. */
export function openReadings(workspaceRoot: string): Readings {
  let readings = opened.get(workspaceRoot);
  if (!readings) opened.set(workspaceRoot, (readings = readingsOf(workspaceRoot)));
  return readings;
}

function readingsOf(workspaceRoot: string): Readings {
  const store = join(nxDataFolder(workspaceRoot), `nx-prefect-${SCANNER_VERSION}.${README_VERSION}.json`);
  const [imports, readmes] = load(store);
  let unsaved = false;

  function ask<T>({ known, asked }: Kept<T>, file: string, hash: string, read: (source: Buffer) => T): T | undefined {
    let found = asked.get(hash) ?? known.get(hash);
    if (found === undefined) {
      const source = contentOf(join(workspaceRoot, file));
      if (!source) return undefined; // deleted since Nx listed it: the next graph says so
      found = read(source);
      unsaved = true;
    }
    asked.set(hash, found);
    return found;
  }

  return {
    imports: (file, hash) => ask(imports, file, hash, scanImports) ?? [],
    readme: (file, hash) =>
      (hash === undefined ? undefined : ask(readmes, file, hash, (source) => readReadme(source.toString()))) ?? NOTHING,
    renew() {
      for (const each of [imports, readmes]) [each.known, each.asked] = [each.asked, new Map()];
    },
    save() {
      if (unsaved) write(store, JSON.stringify([imports, readmes].map(({ asked }) => [...asked])));
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

function load(store: string): [Kept<Import[]>, Kept<Readme>] {
  try {
    const [imports, readmes] = JSON.parse(readFileSync(store, 'utf8')) as [[string, Import[]][], [string, Readme][]];
    return [kept(imports), kept(readmes)];
  } catch {
    return [kept(), kept()]; // none yet, or damaged: all is read again
  }
}

/**
 * Whole or not at all: several commands may run at once. Where nothing can be written, all is read again the next time.
 */
function write(store: string, text: string): void {
  const part = `${store}.${process.pid}`;
  try {
    mkdirSync(dirname(store), { recursive: true });
    writeFileSync(part, text);
    renameSync(part, store);
  } catch {
    // a read-only checkout
  }
}

function contentOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
