import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { workspaceDataDirectoryForWorkspace } from 'nx/src/utils/cache-directory';
import { scanImports, SCANNER_VERSION, type Import } from './imports';
import { readReadme, README_VERSION, type Readme } from './readme';

/** What every graph asks of files, changed or not. `hash` is Nx's: it changes when the content does. */
export interface Readings {
  imports(file: string, hash: string): Import[];
  /** Says nothing where there is no such file: `hash` is undefined then. */
  readme(file: string, hash: string | undefined): Readme;
  /** After each graph: keeps what was asked for, for the next process, and drops the rest. */
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
  const store = join(workspaceDataDirectoryForWorkspace(workspaceRoot), `nx-prefect-${SCANNER_VERSION}.${README_VERSION}.json`);
  const [imports, readmes] = load(store);
  let unsaved = false;

  function ask<T>({ known, asked }: Kept<T>, file: string, hash: string, read: (source: Buffer) => T): T | undefined {
    let found = known.get(hash);
    if (found === undefined) {
      const source = contentOf(join(workspaceRoot, file));
      if (!source) return undefined; // deleted since Nx listed it: the next graph says so
      known.set(hash, (found = read(source)));
      unsaved = true;
    }
    asked.set(hash, found);
    return found;
  }

  return {
    imports: (file, hash) => ask(imports, file, hash, scanImports) ?? [],
    readme: (file, hash) => (hash === undefined ? undefined : ask(readmes, file, hash, (source) => readReadme(source.toString()))) ?? NOTHING,
    save() {
      if (unsaved) write(store, JSON.stringify([imports, readmes].map(({ asked }) => [...asked])));
      unsaved = false;
      for (const each of [imports, readmes]) each.forget();
    },
  };
}

/** By hash. */
class Kept<T> {
  asked = new Map<string, T>();
  constructor(public known: Map<string, T>) {}

  forget(): void {
    this.known = this.asked;
    this.asked = new Map();
  }
}

function load(store: string): [Kept<Import[]>, Kept<Readme>] {
  try {
    const [imports, readmes] = JSON.parse(readFileSync(store, 'utf8')) as [[string, Import[]][], [string, Readme][]];
    return [new Kept(new Map(imports)), new Kept(new Map(readmes))];
  } catch {
    return [new Kept(new Map()), new Kept(new Map())]; // none yet, or damaged: all is read again
  }
}

/** Whole or not at all: several commands may run at once. Where nothing can be written, all is read again the next time. */
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
