import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { FlowError } from '../core/errors';
import { scanImports, type Import } from '../scanner/imports';
import { folderOf } from '../workspace/flow-places';
import { searchPathsOf } from '../workspace/lib-modules';
import { shipped } from '../workspace/shipped';
import type { Graph, ShippedFile } from '../workspace/shipment';

/** Python's own words: of a missing module, and of what `from package import name` doesn't find. */
const MISSING = /^ModuleNotFoundError: No module named '([\w.]+)'/m;
const NOT_IN_MODULE = /^ImportError: cannot import name '(\w+)' from '([\w.]+)'/m;

export interface Around {
  workspaceRoot: string;
  graph: Graph;
  /** Each project's files, as `projectFiles` returns them. */
  files: Record<string, readonly string[]>;
  /** All of these files. */
  known: ReadonlySet<string>;
  /** Roots of the libs. */
  libs: string[];
  // What every flow asks again; the answers hold for one run.
  exists(file: string): boolean;
  importsOf(file: string): Import[];
  reasonOf(file: string): Omit<Unshipped, 'file'>;
}

export function around(workspaceRoot: string, graph: Graph, files: Around['files']): Around {
  const libs = Object.values(graph.nodes).flatMap(({ data: { root, tags = [] } }) =>
    tags.includes('type:lib') ? [root] : [],
  );
  return {
    workspaceRoot,
    graph,
    files,
    known: new Set(Object.values(files).flat()),
    libs,
    exists: remembered((file) => existsSync(join(workspaceRoot, file))),
    importsOf: remembered((file) => scanImports(readFileSync(join(workspaceRoot, file)))),
    reasonOf: remembered((file) => reason(file, { workspaceRoot, graph, files })),
  };
}

function remembered<T>(answer: (file: string) => T): (file: string) => T {
  const known = new Map<string, T>();
  return (file) => {
    if (!known.has(file)) known.set(file, answer(file));
    return known.get(file)!;
  };
}

interface Flow {
  folder: string;
  files: readonly ShippedFile[];
}

/** A module's file that is in the workspace and does not ship. */
interface Unshipped {
  file: string;
  why: string;
  next: string;
}

/**
 * The error of a load, made plainer where Python missed a module that the workspace does have: its file is named, and
 * why it does not ship. In all other cases the error as it is.
 */
export function explainUnshipped(error: FlowError, fullTraceback: string, flow: Flow, workspace: Around): FlowError {
  const [, name, from] = NOT_IN_MODULE.exec(fullTraceback) ?? [];
  const [, missing] = MISSING.exec(fullTraceback) ?? [];
  const modules = from === undefined ? [missing ?? []].flat() : [`${from}.${name}`, from];
  // Prefect loads flow.py as if it were a package: `from .credentials import KEY` asks for flow.credentials.
  const found = lookup(flow, workspace)(modules.flatMap((module) => [module, module.replace(/^flow\./, '')]));
  if (!found) return error;
  const { file, why, next } = found;
  const detail = error.detail === undefined ? {} : { detail: error.detail };
  return new FlowError({
    ...error.place,
    code: 'module-not-shipped',
    what: `${file} exists, but ${why}.`,
    next,
    ...detail,
    cause: error,
  });
}

/** Warnings of imports that loading the flow did not need (inside of functions, say) and that a run would miss. */
export function unshippedImports(flow: Flow, workspace: Around): string[] {
  const look = lookup(flow, workspace);
  const warnings = new Map<string, string>();
  for (const from of new Set(flow.files.map(({ from: path }) => path))) {
    if (!from.endsWith('.py')) continue;
    for (const found of workspace.importsOf(from)) {
      const missed = look(modulesOf(found, from));
      if (missed && !warnings.has(missed.file))
        warnings.set(missed.file, `${from}:${found.line} imports ${missed.file}, but ${missed.why}. ${missed.next}`);
    }
  }
  return [...warnings.values()];
}

function modulesOf({ module, level, names }: Import, file: string): string[] {
  const here = file.split('/').slice(0, -level);
  const name = level === 0 ? module : [...here, module].filter(Boolean).join('.');
  return [name, ...names.filter((one) => one !== '*').map((one) => `${name}.${one}`)];
}

/**
 * Finds the first of some modules whose file lies in the workspace and not in what ships, where Python looks when the
 * flow runs.
 */
function lookup({ folder, files: ships }: Flow, workspace: Around): (modules: string[]) => Unshipped | undefined {
  const { workspaceRoot, libs } = workspace;
  const shipping = new Set(ships.map(({ from }) => from));
  const imported = libs.filter((root) => ships.some(({ from }) => from.startsWith(`${root}/`)));
  const places = new Set([
    folderOf(folder),
    ...libs.map((root) => posix.dirname(root)),
    ...imported.flatMap((root) => searchPathsOf(workspaceRoot, root)),
    '.',
  ]);
  const fileOf = (module: string) => {
    const path = module.replaceAll('.', '/');
    const files = [...places].flatMap((place) => [
      posix.join(place, path, '__init__.py'),
      posix.join(place, `${path}.py`),
    ]);
    return files.find(workspace.exists);
  };
  return (modules) => {
    const file = modules.map(fileOf).find((found) => found !== undefined && !shipping.has(found));
    return file === undefined ? undefined : { file, ...workspace.reasonOf(file) };
  };
}

function reason(
  file: string,
  { workspaceRoot, graph, files }: Pick<Around, 'workspaceRoot' | 'graph' | 'files'>,
): Omit<Unshipped, 'file'> {
  const owner = Object.keys(files).find((project) => files[project]?.includes(file));
  if (owner !== undefined && !shipped(posix.relative(graph.nodes[owner]?.data.root ?? '.', file))) {
    return {
      why: 'it is a test, and tests do not ship',
      next: 'Move the parts that the flow needs into a module that is not a test.',
    };
  }
  if (owner === undefined && gitIgnores(workspaceRoot, file)) {
    return {
      why: 'git ignores it, so it does not ship',
      next:
        'Take it out of .gitignore; if it holds a secret, read that inside the flow, ' +
        'from the environment or a Prefect block.',
    };
  }
  return {
    why: 'no import statement leads to it as a part of a flow or a lib, so it does not ship',
    next: 'Put it into a flow or a lib, and import it with a plain `import` or `from ... import`.',
  };
}

function gitIgnores(workspaceRoot: string, file: string): boolean {
  return spawnSync('git', ['check-ignore', '--quiet', file], { cwd: workspaceRoot, windowsHide: true }).status === 0;
}
