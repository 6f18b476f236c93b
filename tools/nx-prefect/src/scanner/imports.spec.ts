import fc from 'fast-check';
import { scanImports } from './imports';

const scan = (source: string) => scanImports(Buffer.from(source)).map(({ line: _line, ...found }) => found);
const absolute = (...modules: string[]) => modules.map((module) => ({ module, level: 0, names: [] }));
const from = (module: string, level: number, ...names: string[]) => [{ module, level, names }];

describe('statements', () => {
  test.each([
    ['import a', absolute('a')],
    ['import a as b, c.d', absolute('a', 'c.d')],
    ['import a . b', absolute('a.b')],
    ['import a, \\\n  b', absolute('a', 'b')],
    ['\uFEFFimport a', absolute('a')],
    ['x = 1; import a; import b', absolute('a', 'b')],
    ['if x: import a\nelse: import b', absolute('a', 'b')],
    ['from a import b as c, d', from('a', 0, 'b', 'd')],
    ['from x import (a, # one\n  b as c,\n)', from('x', 0, 'a', 'b')],
    ['from x import(a)', from('x', 0, 'a')],
    ['from x import *', from('x', 0, '*')],
    ['from . import y', from('', 1, 'y')],
    ['from .. import y', from('', 2, 'y')],
    ['from ...a.b import y', from('a.b', 3, 'y')],
    ['from . . a import y', from('a', 2, 'y')],
    ['from.a import y', from('a', 1, 'y')],
    ['from \\\r\n a import y', from('a', 0, 'y')],
    ['import ｆoo', absolute('foo')],
    ['from é import ü', from('é', 0, 'ü')],
  ])('%j', (source, expected) => expect(scan(source)).toEqual(expected));

  test('lines are counted for each kind of newline', () => {
    expect(scanImports(Buffer.from('\n"""\n"""\r\nimport a\rimport b')).map(({ line }) => line)).toEqual([4, 5]);
  });
});

describe('what only looks like an import', () => {
  test.each([
    '# import a',
    '"import a"',
    '"""\nimport a\n"""',
    "r'\\' import a'",
    'rb"""\nimport a"""',
    'def f():\n  yield from important\n  raise X from imports',
    'x.important = imported',
    'f"import a"',
    'f"{{import a}}"',
    'f"{x:import a}"',
    't"import {x} a"',
    'f"\\N{IMPORT A} import a"',
    '"a \\\nimport b"',
  ])('%j', (source) => expect(scan(source)).toEqual([]));
});

describe('nested f-strings (PEP 701)', () => {
  test.each([
    'f"{x["import b"]}"',
    'f"{f"{f"{1}"}"}"',
    'f"{x!r:{width}.{precision}}"',
    'f"{d[\'a\']:>{w}} }} {{ {"\'"}"',
    'f"""{\n  # "\n x }"""',
    'f"{lambda: 1}"',
    'f"{x:{y:{z}}}"',
    'rf"\\{x}"',
    'f"\\{x}"',
    'f"{(lambda x: {1: 2})}"',
    "f'{x:%H\"%M}'",
    'f"{yes if x[1:2] else {"a": 1}["a"]}"',
  ])('the import after %s is found', (text) => expect(scan(`x = ${text}\nimport after`)).toEqual(absolute('after')));

  test('a call in a field', () => {
    expect(scan('f"{__import__(\'os\').name}"')).toEqual([{ module: 'os', level: 0, names: [] }]);
  });
});

describe('constant calls', () => {
  test.each([
    ['importlib.import_module("a.b")', 'a.b', 0],
    ['import_module(\n  "a.b", # why\n)', 'a.b', 0],
    ['__import__(r"a")', 'a', 0],
    ['import_module("a." "b")', 'a.b', 0],
    ['import_module("..a", package=__package__)', 'a', 2],
    ['import_module(".a", package="b.c")', 'b.c.a', 0],
    ['import_module("..a", "b.c",)', 'b.a', 0],
    ['import_module("...a", "b.c")', 'a', 3],
    ['import_module(".a", "b" + c)', 'a', 1],
  ])('%j', (source, module, level) => expect(scan(source)).toEqual([{ module, level, names: [] }]));

  test.each([
    'import_module(name)',
    'import_module("a" + b)',
    'import_module(f"a")',
    'import_module("a".b)',
    'import_module()',
    '__import__("")',
  ])('%j is not constant', (source) => expect(scan(source)).toEqual([]));
});

describe('what type checkers alone import', () => {
  const flagged = (source: string) =>
    scanImports(Buffer.from(source)).map(({ module, typeChecking }) => `${module}${typeChecking ? ' checking' : ''}`);

  test.each([
    ['if TYPE_CHECKING:\n    import a\nimport b', ['a checking', 'b']],
    ['if typing.TYPE_CHECKING: import a\nimport b', ['a checking', 'b']],
    ['if x:\n  pass\nelif t.TYPE_CHECKING:\n  import a\nelse:\n  import b', ['a checking', 'b']],
    [
      'if TYPE_CHECKING:\n    import a\n# not the end\n\n    import b\nelse:\n    import c',
      ['a checking', 'b checking', 'c'],
    ],
    ['if TYPE_CHECKING:\n  x = (\n1)\n  import a', ['a checking']],
    ['if not TYPE_CHECKING:\n  import a', ['a']],
    ['def f():\n\tif TYPE_CHECKING:\n\t\timport a\n\timport b', ['a checking', 'b']],
    ['if TYPE_CHECKING:\n  if TYPE_CHECKING:\n    import a\n  import b\nimport c', ['a checking', 'b checking', 'c']],
    ['try:\n  if TYPE_CHECKING:\n    import a\nexcept ImportError:\n  import b', ['a checking', 'b']],
    ['if TYPE_CHECKING:\n  x = (\nimport a', ['a']],
  ])('%j', (source, expected) => expect(flagged(source)).toEqual(expected));
});

describe('broken files', () => {
  test.each([
    'x = "not closed',
    'x = f"not {closed',
    'foo(1, [2',
    'from x import (a,',
    'import',
    'from . import',
    'from a.',
    'def f(:',
    'x = f"{a:{b"',
  ])('the import on the line after %j is found', (damage) => {
    expect(scan(`${damage}\nimport after`)).toContainEqual({ module: 'after', level: 0, names: [] });
  });

  test('files of other encodings', () => {
    expect(scanImports(Buffer.from('# coding: latin-1\nimport \xe9', 'latin1'))).toMatchObject([{ module: 'é' }]);
    expect(scanImports(Buffer.from('# coding: no-such\nimport a', 'latin1'))).toMatchObject([{ module: 'a' }]);
  });
});

const piece = fc.constantFrom(
  'import',
  'from',
  ' ',
  '\n',
  '\r',
  '.',
  '(',
  ')',
  ',',
  '*',
  'as',
  '"',
  "'",
  '"""',
  'f"',
  "rf'''",
  't"',
  '{',
  '}',
  '{{',
  ':',
  '\\',
  '#',
  'a',
  'é',
  '__import__',
  'import_module(',
  '\\N{',
  '0',
  ';',
  '\0',
  '\ufeff',
);

test('never throws, and ends', () => {
  const text = fc.array(piece, { maxLength: 60 }).map((pieces) => Buffer.from(pieces.join('')));
  fc.assert(
    fc.property(fc.oneof(text, fc.uint8Array({ maxLength: 200 })), (bytes) => {
      expect(Array.isArray(scanImports(bytes))).toBe(true);
    }),
    { numRuns: 4000 },
  );
});

test('text before a line, if whole, does not hide the import on it', () => {
  const whole = fc.constantFrom(
    'x = 1',
    '"""\n\'\n"""',
    'f\'{a["b"]}\'',
    '# "',
    "r'\\''",
    'f"""{\n1:\n}"""',
    'import_module(x)',
    'raise X from y',
    '(\n)',
  );
  fc.assert(
    fc.property(fc.array(whole), (lines) => {
      expect(scan([...lines, 'import after'].join('\n'))).toEqual(absolute('after'));
    }),
  );
});

test.each([
  [`importlib.import_module(name='la')`, 'la'],
  [`import_module(('la'))`, 'la'],
  [`import_module(  ( ( "la" ) ) , None)`, 'la'],
  [`__import__(name='x')`, 'x'],
  [`__import__(name = ("x.y"), fromlist=["z"])`, 'x.y'],
  [`import_module(\n  name=(\n    "a."\n    "b"\n  ),\n)`, 'a.b'],
  [`import_module(name=".b", package=("a"))`, 'a.b'],
])('%j is an edge, as by place', (source, module) => expect(scan(source)).toEqual(absolute(module)));

test.each([
  `import_module(('la',))`,
  `import_module(("a" + b))`,
  `import_module(("a").lower())`,
  `import_module(name)`,
  `import_module(named="a")`,
  `import_module(("a"`,
  `import_module(name=name)`,
])('%j says no module', (source) => expect(scan(source)).toEqual([]));
