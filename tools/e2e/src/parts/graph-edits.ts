import type { Random } from './random';

/** Files of a workspace by path. */
export type Files = Map<string, string>;

export interface Edit {
  /** What a person would say that they did. */
  said: string;
  files: Files;
}

const FLOWS = ['flows/p/a', 'flows/p/b', 'flows/q/c', 'flows/q/d'];
const LIBS = ['alerts', 'money', 'more', 'extra'];
/** Flows without a folder, as far as they are there: the option `flows` names them. */
export const FILE_FLOWS = ['jobs/etl.py', 'jobs/load.py', 'src/pkg/flows/daily.py'];
/** Where modules lie that are in no flow's and no lib's folder. */
const LOOSE = [
  'jobs/shared.py',
  'jobs/tasks.py',
  'utils/text.py',
  'flows/shared.py',
  'src/pkg/__init__.py',
  'src/pkg/rows.py',
  'src/pkg/ns/one.py',
  'src/alone.py',
];
const LIB_MODULES = [
  '__init__.py',
  'mail.py',
  'alerts.py',
  'alerts/__init__.py',
  'alerts/mail.py',
  'src/money.py',
  'src/mail.py',
  'money.py',
  'tasks.py',
  'ns/one.py',
  'ns/two.py',
  'tests/test_x.py',
];
const SIBLINGS = ['tasks.py', 'alerts.py', 'money/__init__.py', 'ns/one.py', 'tests.py', 'mail.py'];
const IMPORTS = [
  'import alerts',
  'import alerts.mail',
  'from alerts import mail',
  'import money',
  'import mail',
  'import ns.one',
  'from ns import two',
  'import tasks',
  'from tasks import later',
  'from libs import alerts',
  'from libs.money import src',
  'from flows.p.b import tasks',
  'import flows.q.c.flow',
  'from . import alerts, tasks',
  'from .mail import x',
  'import six',
  'import nowhere',
  'from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import money',
  'import importlib\nimportlib.import_module("alerts.mail")',
  'from more import *',
  'import more',
  'import shared',
  'import utils.text',
  'from pkg import rows',
  'import pkg.ns.one',
  'import alone',
  'from jobs import shared',
  'from flows import shared',
];

export const FIRST: Files = new Map([
  ['flows/p/a/flow.py', flow(['import alerts', 'import tasks'])],
  ['flows/p/a/tasks.py', source(['import money'])],
  ['flows/p/b/flow.py', flow(['from libs import alerts'])],
  ['flows/q/c/flow.py', flow(['from ns import two', 'import flows.p.b.flow'])],
  ['libs/alerts/__init__.py', source(['import money'])],
  ['libs/alerts/mail.py', source([])],
  ['libs/money/src/money.py', source([])],
  ['libs/more/ns/two.py', source(['import alerts.mail'])],
  ['jobs/etl.py', flow(['import shared', 'import alerts'])],
  ['jobs/shared.py', source(['import utils.text'])],
  ['utils/text.py', source([])],
  ['src/pkg/__init__.py', source([])],
  ['src/pkg/rows.py', source(['import money'])],
  ['src/pkg/flows/daily.py', flow(['from pkg import rows'])],
  ['requirements.txt', 'six==1.16.0 --hash=sha256:aa\n'],
]);

/** A flow.py whose imports may fail. */
function flow(imports: string[]): string {
  return `from prefect import flow\n${source(imports)}\n\n@flow\ndef main():\n    return VALUE\n`;
}

function source(imports: string[], value = 0): string {
  return [
    ...imports.map((text) => `try:\n${text.replace(/^/gm, '    ')}\nexcept Exception:\n    pass`),
    `VALUE = ${value}`,
  ].join('\n');
}

/** One thing that happens in a repository, to files that are there. */
export function randomEdit(random: Random, files: Files): Edit {
  const next = new Map(files);
  const python = [...files.keys()].filter((file) => file.endsWith('.py'));
  const under = (folder: string) => [...next.keys()].filter((file) => file.startsWith(`${folder}/`));
  const flows = FLOWS.filter((folder) => files.has(`${folder}/flow.py`));
  const libs = LIBS.map((name) => `libs/${name}`);
  const said = (text: string) => ({ said: text, files: next });
  const imports = () => Array.from({ length: 1 + random.below(3) }, () => random.of(IMPORTS));

  switch (random.below(13)) {
    case 0: {
      const file = random.of(python);
      next.set(file, next.get(file)!.replace(/VALUE = \d+/, `VALUE = ${random.below(1_000_000)}`));
      return said(`edit ${file}`);
    }
    case 1:
    case 2: {
      const file = random.of(python);
      next.set(file, (isFlow(file) ? flow : source)(imports()));
      return said(`point the imports of ${file} elsewhere`);
    }
    case 3: {
      const file = `${random.of(libs)}/${random.of(LIB_MODULES)}`;
      next.set(file, source(imports(), random.below(1_000)));
      return said(`add ${file}`);
    }
    case 4: {
      const file = `${random.of(flows)}/${random.of(SIBLINGS)}`;
      next.set(file, source(imports(), random.below(1_000)));
      return said(`add ${file}`);
    }
    case 5: {
      const file = random.of(
        python.filter((each) => !each.endsWith('/flow.py')).concat(python.length > 18 ? [] : ['libs/none.py']),
      );
      next.delete(file);
      return said(`delete ${file}`);
    }
    case 6: {
      const from = random.of(python.filter((each) => each.startsWith('libs/')).concat('libs/none.py'));
      const to = `${random.of(libs)}/${random.of(LIB_MODULES)}`;
      if (next.has(from)) next.set(to, next.get(from)!);
      if (from !== to) next.delete(from);
      return said(`move ${from} to ${to}`);
    }
    case 7: {
      const [from, to] = [random.of(libs), random.of(libs)];
      return said(`rename ${from} to ${to}${rename(next, under, from, to)}`);
    }
    case 8: {
      const [from, to] = [random.of(flows), random.of(FLOWS)];
      return said(`rename ${from} to ${to}${rename(next, under, from, to)}`);
    }
    case 9: {
      // Takes a name over that another has, or had.
      const folder = random.of(libs);
      for (const file of under(folder)) next.delete(file);
      const modules = ['alerts.py', 'alerts/__init__.py', 'src/money.py', 'tasks.py', 'ns/two.py', '__init__.py'];
      const module = random.of(modules);
      if (random.chance(70)) next.set(`${folder}/${module}`, source(imports()));
      return said(next.has(`${folder}/${module}`) ? `${folder} has ${module} alone` : `delete ${folder}`);
    }
    case 10: {
      const file = random.of(LOOSE);
      next.set(file, source(imports(), random.below(1_000)));
      return said(`add ${file}`);
    }
    case 11: {
      const file = random.of(FILE_FLOWS);
      if (files.has(file)) next.delete(file);
      else next.set(file, flow(imports()));
      return said(`${next.has(file) ? 'add' : 'delete'} ${file}`);
    }
    default: {
      const folder = random.of(FLOWS);
      if (flows.includes(folder) && flows.length > 2) for (const file of under(folder)) next.delete(file);
      else next.set(`${folder}/flow.py`, flow(imports()));
      return said(next.has(`${folder}/flow.py`) ? `add ${folder}` : `delete ${folder}`);
    }
  }
}

function isFlow(file: string): boolean {
  return file.endsWith('/flow.py') || FILE_FLOWS.includes(file);
}

function rename(next: Files, under: (folder: string) => string[], from: string, to: string): string {
  if (from === to) return '';
  for (const file of under(to)) next.delete(file);
  for (const file of under(from)) {
    next.set(to + file.slice(from.length), next.get(file)!);
    next.delete(file);
  }
  return '';
}
