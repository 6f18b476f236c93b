import { Random } from '../../../e2e/src/parts/random';
import { DISTRIBUTIONS, IMPORTED, PREFECT, uvLock } from './packages';
import { edge, type Edit, type EditKind, type Plan, type Project } from './plan';
import { module, someNoun } from './python-text';

const FLOWS_A_PROJECT = 20;
const FLOWS_A_LIB = 50;
const LEAST_LIBS = 10;
const STANDARD = [
  'import json',
  'import logging',
  'from datetime import datetime, timedelta',
  'from pathlib import Path',
  'import os',
  'import csv',
];

/** A lib of the workspace, with what there is to import of it. */
interface Lib extends Project {
  /** `alerts`, `acme.mail` */
  module: string;
  /** Where its package lies. */
  folder: string;
}

/**
 * A data team's workspace as they are: each flow of four to seven files, with the same names in all of them; libs that
 * import each other, in the three layouts there are, one of them a namespace that several fill; data beside the code;
 * one lock. The same for a seed, everywhere.
 */
export function generate(flowCount: number, seed: number): Plan {
  const random = new Random(seed);
  const files = new Map<string, string>([['uv.lock', uvLock()]]);
  const edges = { projects: new Set<string>(), packages: new Set<string>() };
  const libs = Array.from({ length: Math.max(LEAST_LIBS, Math.floor(flowCount / FLOWS_A_LIB)) }, (_, at) => lib(at));
  const flows = Array.from({ length: flowCount }, (_, at) => flow(at));
  /** Some flows have a module of this lib's name beside them: there it is theirs. */
  const hidden = libs[0]!;

  for (const [at, each] of libs.entries()) writeLib(each, at);
  for (const [at, each] of flows.entries()) writeFlow(each, at);
  return { files, flows, libs, packages: DISTRIBUTIONS, edges, edit };

  function writeLib(self: Lib, at: number): void {
    const others = pick(libs.slice(0, at), random.below(3));
    const third = pick(IMPORTED, random.below(3));
    imports(self.name, others, third);
    const init = [
      ...others.slice(0, 1).map(({ module: name }) => `from ${name} import rows`),
      'from .message import text',
    ];
    const message = [
      random.of(STANDARD),
      ...others.slice(1).map(({ module: name }) => `import ${name}.rows as more`),
      ...third.map(([statement]) => statement),
    ];
    files.set(`${self.folder}/__init__.py`, module(random, init, 1));
    files.set(`${self.folder}/message.py`, module(random, message, 3));
    files.set(`${self.folder}/rows.py`, module(random, [random.of(STANDARD), 'from . import message'], 3));
    files.set(`${self.root}/README.md`, `# ${self.name}\n\nThe ${someNoun(random)} that flows share.\n`);
  }

  function writeFlow(self: Project, at: number): void {
    const { name, root } = self;
    const third = pick(IMPORTED, 1 + random.below(3));
    const hides = at % 20 === 7;
    const used = pick(libs, 1 + random.below(3)).filter((each) => !(hides && each === hidden));
    imports(name, used, third);
    edges.packages.add(edge(name, PREFECT));

    const [first, ...more] = used;
    files.set(
      `${root}/flow.py`,
      module(
        random,
        [
          'from prefect import flow',
          'from tasks import load',
          random.of(STANDARD),
          ...(first ? [statementOf(first, at)] : []),
          ...anotherFlow(self, at),
        ],
        3,
      ),
    );
    files.set(
      `${root}/tasks.py`,
      module(
        random,
        [
          'from prefect import task',
          'from utils import settings',
          ...third.map(([statement]) => statement),
          ...more.slice(0, 1).map(guarded),
        ],
        4,
      ),
    );
    files.set(
      `${root}/utils.py`,
      module(
        random,
        [...pick(STANDARD, 2), ...more.slice(1).map(({ module: lib_ }) => `from ${lib_}.message import text`)],
        3,
      ),
    );
    files.set(`${root}/tests.py`, module(random, ['import pytest', 'from utils import settings'], 2));
    files.set(
      `${root}/README.md`,
      `# ${name}\n\nBrings the ${someNoun(random)} into the ${someNoun(random)}, every night.\n`,
    );
    files.set(
      `${root}/sql/${someNoun(random)}.sql`,
      `select id, amount from ${someNoun(random)} where day = :day -- import ${at}\n`,
    );
    if (hides)
      files
        .set(`${root}/${hidden.module}.py`, module(random, [random.of(STANDARD)], 1))
        .set(
          `${root}/utils.py`,
          module(
            random,
            [`import ${hidden.module}`, ...more.slice(1).map(({ module: lib_ }) => `from ${lib_}.message import text`)],
            3,
          ),
        );
    if (at % 4 === 1) {
      files.set(`${root}/steps/__init__.py`, module(random, ['from .load import read'], 1));
      files.set(`${root}/steps/load.py`, module(random, ['from . import clean', random.of(STANDARD)], 2));
      files.set(`${root}/steps/clean.py`, module(random, [random.of(STANDARD)], 2));
    }
  }

  /** One of fifty uses what another flow has. */
  function anotherFlow({ name }: Project, at: number): string[] {
    const other = flows[at - 11];
    if (at % 50 !== 13 || !other) return [];
    edges.projects.add(edge(name, other.name));
    return [`from ${other.root.replaceAll('/', '.')}.utils import settings as theirs`];
  }

  function imports(from: string, projects: readonly Project[], third: typeof IMPORTED): void {
    for (const { name } of projects) edges.projects.add(edge(from, name));
    for (const [, distribution] of third) edges.packages.add(edge(from, distribution));
  }

  function pick<T>(all: readonly T[], count: number): T[] {
    return [...new Set(Array.from({ length: count }, () => all[random.below(all.length)]!))].filter(
      (each) => each !== undefined,
    );
  }

  function edit(kind: EditKind, run: number): Edit {
    const [self, file] =
      kind === 'flow' ? [flows[flows.length >> 1]!, 'tasks.py'] : [libs[libs.length >> 1]!, 'rows.py'];
    const path = kind === 'flow' ? `${self.root}/${file}` : `${(self as Lib).folder}/${file}`;
    const unused = libs.filter(
      (each) => each !== self && each !== hidden && !edges.projects.has(edge(self.name, each.name)),
    );
    const other = unused[run % unused.length]!;
    return {
      file: path,
      content: `${files.get(path)!}\nimport ${other.module}.rows  # edit ${run}\n`,
      edge: edge(self.name, other.name),
    };
  }
}

function flow(at: number): Project {
  const root = `flows/project_${1 + Math.floor(at / FLOWS_A_PROJECT)}/nightly_${at % FLOWS_A_PROJECT}`;
  return { name: root.split('/').slice(1).join('-'), root, sourceRoot: root };
}

/** Each third one is a package itself, has a `src`, or has a part of the namespace `acme`. */
function lib(at: number): Lib {
  const name = `shared_${at}`;
  const root = `libs/${name}`;
  if (at % 3 === 0) return { name, root, sourceRoot: 'libs', module: name, folder: root };
  if (at % 3 === 1) return { name, root, sourceRoot: `${root}/src`, module: name, folder: `${root}/src/${name}` };
  return { name, root, sourceRoot: `${root}/src`, module: `acme.part_${at}`, folder: `${root}/src/acme/part_${at}` };
}

/** By the lib's own name, or, one of five, from the workspace's root. */
function statementOf({ module: name, folder }: Lib, at: number): string {
  if (at % 5 === 2) return `from ${folder.replaceAll('/', '.')} import message`;
  return at % 5 === 3
    ? `import importlib\n${name.replaceAll('.', '_')} = importlib.import_module("${name}.message")`
    : `from ${name} import message`;
}

function guarded({ module: name }: Lib, at: number): string {
  return at % 2 === 0
    ? `try:\n    import ${name}.rows as shared\nexcept ImportError:\n    shared = None`
    : `import ${name}`;
}
