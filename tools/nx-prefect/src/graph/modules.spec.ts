import fc from 'fast-check';
import { scanImports } from '../scanner/imports';
import { readLayout } from '../workspace/layout';
import { createModuleResolver, type ImportOverrides } from './modules';
import { sentinelNode } from './sentinel';

const FILES = [
  'flows/project_1/orders/flow.py',
  'flows/project_1/orders/tasks.py',
  'flows/project_1/orders/jobs/__init__.py',
  'flows/project_1/orders/plain/x.py',
  'flows/project_1/refunds/flow.py',
  'flows/project_1/refunds/sub/deep.py',
  'libs/alerts/__init__.py',
  'libs/alerts/mail.py',
  'libs/money/src/money/__init__.py',
  'libs/clock/clock/zone.py',
  'libs/acme-a/acme/mail/__init__.py',
  'libs/acme-b/acme/db/__init__.py',
  'libs/acme-b/acme/db/orders.py',
  'libs/twice-a/twice.py',
  'libs/twice-b/twice/__init__.py',
  'libs/shadow/tasks.py',
  'libs/shadow/jobs/__init__.py',
  'libs/shadow/plain/__init__.py',
];
const directories = { flowsDirectory: 'flows', libsDirectory: 'libs' };
const resolver = (files: string[], overrides?: ImportOverrides) =>
  createModuleResolver(readLayout(files, directories), overrides);

const ORDERS = 'flows/project_1/orders';
const REFUNDS = 'flows/project_1/refunds';

function resolve(source: string, file: string, root: string, modules = resolver(FILES)): string[] {
  return [...new Set(scanImports(Buffer.from(source)).flatMap((found) => modules.resolve(found, file, root)))];
}

describe('from a flow', () => {
  test.each([
    ['import alerts', ['libs/alerts']],
    ['import alerts.gone.away', ['libs/alerts']],
    ['from alerts import mail', ['libs/alerts']],
    ['from libs.alerts import y', ['libs/alerts']],
    ['from libs import alerts, money', ['libs/alerts', 'libs/money']],
    ['import libs.money.src.money', ['libs/money']],
    ['import money', ['libs/money']],
    ['import clock.zone', ['libs/clock']],
    ['from alerts import *', ['libs/alerts']],
    ['if TYPE_CHECKING:\n  import alerts', ['libs/alerts']],
    ['try:\n  import alerts\nexcept ImportError:\n  import money', ['libs/alerts', 'libs/money']],
    ['importlib.import_module("alerts")', ['libs/alerts']],
    ['importlib.import_module(".mail", package="alerts")', ['libs/alerts']],
    ['from flows.project_1.refunds.tasks import f', [REFUNDS]],
    ['from flows.project_1 import refunds', [REFUNDS]],
    ['from flows.project_1.orders import tasks', []],
    ['from ..refunds.sub import deep', [REFUNDS]],
    ['from .. import refunds', [REFUNDS]],
    ['from ...project_1.refunds import flow', [REFUNDS]],
    ['from . import tasks', []],
    ['from .alerts import x', ['libs/alerts']],
    ['from . import alerts, tasks', ['libs/alerts']],
    ['from .libs.alerts import x', ['libs/alerts']],
    ['from .tasks import x', []],
    ['from ....... import far', []],
    ['import tasks', []],
    ['from tasks import load', []],
    ['import jobs', []],
    ['import plain', ['libs/shadow']],
    ['from acme.mail import send', ['libs/acme-a']],
    ['from acme import db', ['libs/acme-b']],
    ['from acme.db.orders import x', ['libs/acme-b']],
    ['import acme.unknown', ['libs/acme-a', 'libs/acme-b']],
    ['from acme import *', ['libs/acme-a', 'libs/acme-b']],
    ['import twice', ['libs/twice-a', 'libs/twice-b']],
    ['import json, prefect.blocks, flows, os', []],
    ['import src.money', []],
  ])('%s', (source, expected) => expect(resolve(source, `${ORDERS}/flow.py`, ORDERS)).toEqual(expected));

  test('a subfolder counts dots from where it is', () => {
    expect(resolve('from ...orders import tasks', `${REFUNDS}/sub/deep.py`, REFUNDS)).toEqual([ORDERS, 'libs/shadow']);
    expect(resolve('from .. import flow', `${REFUNDS}/sub/deep.py`, REFUNDS)).toEqual([]);
  });

  test("what another flow's siblings hide from it is loaded where they are no siblings", () => {
    const files = [
      'flows/p/a/flow.py',
      'flows/p/b/flow.py',
      'flows/p/b/tasks.py',
      'flows/p/b/utils.py',
      'libs/t/tasks.py',
      'libs/u/utils.py',
    ];
    expect(resolve('from flows.p.b import tasks', 'flows/p/a/flow.py', 'flows/p/a', resolver(files))).toEqual([
      'flows/p/b',
      'libs/t',
      'libs/u',
    ]);
    expect(
      resolve(
        'from flows.p.b import tasks',
        'flows/p/a/flow.py',
        'flows/p/a',
        resolver([...files, 'flows/p/a/utils.py']),
      ),
    ).toEqual(['flows/p/b', 'libs/t', 'libs/u']);
    expect(resolve('import tasks', 'flows/p/b/flow.py', 'flows/p/b', resolver(files))).toEqual([]);
  });

  test('relative imports reach a namespace that a lib fills too', () => {
    expect(
      resolve(
        'from .. import db, mail',
        `${ORDERS}/acme/own/__init__.py`,
        ORDERS,
        resolver([...FILES, `${ORDERS}/acme/own/__init__.py`]),
      ),
    ).toEqual(['libs/acme-a', 'libs/acme-b']);
    expect(
      resolve('from .. import db', `${ORDERS}/acme/own.py`, ORDERS, resolver([...FILES, `${ORDERS}/acme/__init__.py`])),
    ).toEqual([]);
  });

  test("flow.py's own package is the shipped root too: its `__all__`, and a lib's import from above its top", () => {
    const libs = ['acme-a', 'acme-b', 'alerts', 'clock', 'money', 'shadow', 'twice-a', 'twice-b'].map(
      (name) => `libs/${name}`,
    );
    expect(resolve('from . import *', `${ORDERS}/flow.py`, ORDERS)).toEqual(libs);
    expect(resolve('from ..alerts import mail', 'libs/twice-b/twice/__init__.py', 'libs/twice-b')).toEqual([
      'libs/alerts',
    ]);
    expect(resolve('from .....alerts import mail', 'libs/twice-b/twice/__init__.py', 'libs/twice-b')).toEqual([]);
  });

  test('another flow has no such sibling', () => {
    expect(resolve('import tasks', `${REFUNDS}/flow.py`, REFUNDS)).toEqual(['libs/shadow']);
  });
});

describe('from a lib', () => {
  test('relative imports reach the rest of a namespace package, and of the mirrored tree', () => {
    expect(resolve('from ..db import orders', 'libs/acme-a/acme/mail/__init__.py', 'libs/acme-a')).toEqual([
      'libs/acme-b',
    ]);
    expect(resolve('from ..alerts import mail', 'libs/money/x.py', 'libs/money')).toEqual(['libs/alerts']);
  });
  test("its own module goes before another's of the same name", () => {
    const modules = resolver(FILES);
    expect(resolve('import twice', 'libs/twice-a/x.py', 'libs/twice-a', modules)).toEqual([]);
    expect(modules.ambiguous.size).toBe(0);
  });
  test('its relative imports stay in its package', () => {
    expect(resolve('from . import money, alerts', 'libs/alerts/__init__.py', 'libs/alerts')).toEqual([]);
  });
  test('itself is no dependency', () =>
    expect(resolve('import alerts.mail', 'libs/alerts/__init__.py', 'libs/alerts')).toEqual([]));
});

describe('overrides', () => {
  const from = (source: string, overrides: ImportOverrides) =>
    resolve(source, `${ORDERS}/flow.py`, ORDERS, resolver(FILES, overrides));

  test.each<[string, ImportOverrides, string[]]>([
    ['import twice', { twice: 'libs/twice-a' }, ['libs/twice-a']],
    ['from acme import db, gone', { 'acme.gone': false }, ['libs/acme-b']],
    ['import acme.gone.x', { acme: 'libs/acme-a', 'acme.gone': 'libs/acme-b' }, ['libs/acme-b']],
    ['import alerts', { alert: false }, ['libs/alerts']],
    ['import yaml.x', { yaml: 'libs/money' }, ['libs/money']],
    ['import tasks', { tasks: 'libs/shadow' }, []],
  ])('%s with %j', (source, overrides, expected) => expect(from(source, overrides)).toEqual(expected));

  test('are part of the fingerprint, and warn of nothing', () => {
    const modules = resolver(FILES, { twice: 'libs/twice-a' });
    resolve('import twice', `${ORDERS}/flow.py`, ORDERS, modules);
    expect(modules.ambiguous.size).toBe(0);
    expect(modules.fingerprint).not.toBe(resolver(FILES).fingerprint);
  });
  test('to no folder of a flow or lib are refused', () =>
    expect(() => resolver(FILES, { twice: 'libs/gone' })).toThrow(/twice comes from libs\/gone.*\[import-override\]/));
});

test('what several libs define is told once', () => {
  const modules = resolver(FILES);
  resolve('import twice, twice\nimport acme\nimport acme.db', `${ORDERS}/flow.py`, ORDERS, modules);
  expect([...modules.ambiguous]).toEqual([['twice', ['libs/twice-a', 'libs/twice-b']]]);
});

describe('fingerprint', () => {
  const { fingerprint } = resolver(FILES);

  test.each([
    ['a file in a package of one owner', ['libs/alerts/new.py', 'libs/money/src/money/deep/new.py']],
    ['a sibling that hides nothing', [`${ORDERS}/other.py`]],
    ['a test', ['libs/alerts/tests/test_x.py']],
  ])('%s leaves it', (_, more) => expect(resolver([...FILES, ...more]).fingerprint).toBe(fingerprint));

  test.each([
    ['a lib', 'libs/new/__init__.py'],
    ['a flow', 'flows/p/new/flow.py'],
    ['a sibling that hides a lib', `${ORDERS}/alerts.py`],
    ['a second owner', 'libs/money/src/clock/__init__.py'],
    ['a module in a shared namespace', 'libs/acme-a/acme/new.py'],
    ["a lib's modules that lie in src from now on", 'libs/twice-a/src/twice.py'],
  ])('%s changes it', (_, file) => expect(resolver([...FILES, file]).fingerprint).not.toBe(fingerprint));

  test('does not depend on the order of files', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(FILES, { minLength: FILES.length }), (files) => {
        expect(resolver(files).fingerprint).toBe(fingerprint);
      }),
    );
  });

  test('equal fingerprints resolve equally, from every file that is in both', () => {
    const sources = [
      'import alerts',
      'from acme import db, mail',
      'import twice',
      'import tasks',
      'from libs import money',
      'from .. import refunds',
      'from . import alerts, twice',
    ];
    const places = [
      ...FILES,
      'libs/clock/clock/clock.py',
      'libs/clock/src/clock/zone.py',
      'libs/shadow/src/tasks.py',
      'libs/shadow/src/jobs/x.py',
      'libs/twice-b/src/twice.py',
    ];
    fc.assert(
      fc.property(fc.subarray(places, { minLength: 10 }), fc.subarray(places, { maxLength: 2 }), (some, moved) => {
        const others = some
          .filter((file) => !moved.includes(file))
          .concat(moved.filter((file) => !some.includes(file)));
        const [a, b] = [resolver(some), resolver(others)];
        fc.pre(a.fingerprint === b.fingerprint);
        for (const file of some.filter((each) => others.includes(each))) {
          const root = file
            .split('/')
            .slice(0, file.startsWith('libs/') ? 2 : 3)
            .join('/');
          for (const source of sources)
            expect([file, source, resolve(source, file, root, a)]).toEqual([
              file,
              source,
              resolve(source, file, root, b),
            ]);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('is the version of the sentinel, whose hash stays', () => {
    const [one, two] = [FILES, FILES.slice(1)].map(
      (files) => sentinelNode(resolver(files))['nx-prefect:modules']!.data,
    );
    expect(one!.version).not.toBe(two!.version);
    expect(one!.hash).toBe(two!.hash);
  });
});
