import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FILE_FLOWS, type Files } from './graph-edits';
import type { PythonLoader } from './python-loader';

/**
 * By flow's folder, or file: the files that Python reads to load it where everything of the workspace ships, with their
 * contents.
 */
export type Behaviour = Map<string, string>;

/**
 * Asks Python, twice: where libs define the same module, the first of them is found, then the last. A flow whose
 * behaviour changed both times changed for sure.
 */
export async function behaviour(python: PythonLoader, files: Files): Promise<[Behaviour, Behaviour]> {
  const paths = [...files.keys()].sort();
  return [
    await behaviourOf(python, files, placed(paths)),
    await behaviourOf(python, files, placed(paths.toReversed())),
  ];
}

async function behaviourOf(python: PythonLoader, files: Files, tree: Map<string, string>): Promise<Behaviour> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'nx-prefect-behaviour-')));
  try {
    for (const [to, from] of tree) {
      mkdirSync(dirname(join(root, to)), { recursive: true });
      writeFileSync(join(root, to), files.get(from)!);
    }
    const found: Behaviour = new Map();
    for (const flow of [...files.keys()].filter(isFlow)) {
      const isFile = FILE_FLOWS.includes(flow);
      const loaded = await python.load(root, flow, ['src']);
      found.set(
        isFile ? flow : dirname(flow),
        JSON.stringify([loaded.error, loaded.files.map((file) => [file, files.get(tree.get(file)!)])]),
      );
    }
    return found;
  } finally {
    rmSync(root, { recursive: true });
  }
}

function isFlow(file: string): boolean {
  return /^flows\/[^/]+\/[^/]+\/flow\.py$/.test(file) || FILE_FLOWS.includes(file);
}

/** Where each file lies where flows run, the libs' packages at the top too; the tests stay behind. */
function placed(paths: string[]): Map<string, string> {
  const python = paths.filter((path) => path.endsWith('.py') && !/(^|\/)tests(\.py|\/)/.test(path));
  const tree = new Map(python.map((path) => [path, path]));
  for (const path of python) {
    const [, lib, below] = /^libs\/([^/]+)\/(.*)$/.exec(path) ?? [];
    if (lib === undefined || below === undefined) continue;
    const has = (start: string) => python.some((other) => other.startsWith(`libs/${lib}/${start}`));
    const top = has('__init__.py')
      ? `${lib}/${below}`
      : !has('src/')
        ? below
        : below.startsWith('src/')
          ? below.slice('src/'.length)
          : undefined;
    if (top !== undefined && !tree.has(top)) tree.set(top, path);
  }
  return tree;
}
