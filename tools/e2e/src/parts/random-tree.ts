import fc from 'fast-check';

/** A workspace of two flows and some libs, in few names, so that they meet. */
export interface Tree {
  /** By workspace path. */
  files: Record<string, string>;
  /** Each file's place where flows run, and the folder of its flow or lib: libs' packages lie at the top too. */
  places: { to: string; from: string; owner: string }[];
}

/** What lies where a flow runs, by path. */
export type Shipped = Record<string, { content: string; owner: string }>;

/** Everything that the flow depends on, and of the rest what is no second meaning of a module that is there already. */
export function ship({ files, places }: Tree, reached: ReadonlySet<string>): Shipped {
  const shipped: Shipped = {};
  const moduleOf = (path: string) => path.replace(/(\/__init__)?\.py$/, '');
  for (const { to, from, owner } of places) if (reached.has(owner)) shipped[to] ??= { content: files[from]!, owner };
  const modules = new Set(Object.keys(shipped).map(moduleOf));
  for (const { to, from, owner } of places)
    if (!modules.has(moduleOf(to))) shipped[to] ??= { content: files[from]!, owner };
  return shipped;
}

export const FLOWS = ['flows/p/a', 'flows/p/b'];
const NAMES = ['alpha', 'beta', 'gamma', 'ns', 'tasks'];
const name = fc.constantFrom(...NAMES);
const dotted = fc
  .oneof(
    { weight: 5, arbitrary: fc.array(name, { minLength: 1, maxLength: 3 }) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(
          fc.constantFrom('libs.alpha', 'libs.lib_0', 'libs.lib_1.src', 'flows.p.a', 'flows.p.b'),
          fc.array(name, { maxLength: 2 }),
        )
        .map(([first, rest]) => [first, ...rest]),
    },
  )
  .map((parts) => parts.join('.'));
const imported = fc.oneof(
  { weight: 4, arbitrary: name },
  { weight: 1, arbitrary: fc.constantFrom('*', 'alpha, beta', 'lib_0', 'b') },
);

/** One import statement, of any kind. */
const statement = fc.oneof(
  dotted.map((path) => `import ${path}`),
  fc.tuple(dotted, imported).map(([path, names]) => `from ${path} import ${names}`),
  fc
    .tuple(fc.constantFrom('.', '..', '...'), fc.option(dotted, { nil: '' }), imported)
    .map(([dots, path, names]) => `from ${dots}${path} import ${names}`),
  fc
    .tuple(
      fc.constantFrom('', '.', '..'),
      dotted,
      fc.constantFrom('', ', __package__', ', package="ns"', ', "alpha.beta"'),
    )
    .map(([dots, path, anchor]) => `import_module("${dots}${path}"${dots && anchor})`),
);

/** Inside of a function or where a `*` can't stand, Python refuses it: each is at the top, and may fail. */
const content = fc
  .tuple(fc.array(statement, { maxLength: 3 }), fc.boolean())
  .map(([statements, all]) =>
    [
      'from importlib import import_module',
      ...(all ? ['__all__ = ["beta", "gamma"]'] : []),
      ...statements.map((text) => `try:\n    ${text}\nexcept Exception:\n    pass`),
    ].join('\n'),
  );

const below = fc.constantFrom(
  ...NAMES.flatMap((first) => [
    `${first}.py`,
    `${first}/__init__.py`,
    `${first}/alpha.py`,
    `${first}/beta/__init__.py`,
    `${first}/beta/gamma.py`,
    `${first}/gamma.py`,
  ]),
);
const sources = (contents: fc.Arbitrary<string>) => fc.dictionary(below, contents, { maxKeys: 5 });

const lib = (contents: fc.Arbitrary<string>) =>
  fc.oneof(
    fc.record({
      kind: fc.constant('package' as const),
      folder: name,
      files: fc.tuple(contents, sources(contents)).map(([init, files]) => ({ ...files, '__init__.py': init })),
    }),
    fc.record({ kind: fc.constant('flat' as const), folder: fc.constant(''), files: sources(contents) }),
    fc.record({ kind: fc.constant('src' as const), folder: fc.constant(''), files: sources(contents) }),
  );

/** @param contents of every file but the flows' own flow.py, which are `entry`s */
export function tree(
  entry: fc.Arbitrary<string> = content,
  contents: fc.Arbitrary<string> = content,
): fc.Arbitrary<Tree> {
  const flow = fc.tuple(entry, sources(contents)).map(([main, files]) => ({ ...files, 'flow.py': main }));
  return fc.tuple(flow, flow, fc.array(lib(contents), { maxLength: 4 })).map(([a, b, libs]) => {
    const result: Tree = { files: {}, places: [] };
    const add = (owner: string, path: string, text: string, top?: string) => {
      const from = `${owner}/${path}`;
      result.files[from] = text;
      for (const to of top === undefined ? [from] : [from, top]) result.places.push({ to, from, owner });
    };
    for (const [at, files] of [a, b].entries())
      for (const [path, text] of Object.entries(files)) add(FLOWS[at]!, path, text);
    for (const [at, { kind, folder, files }] of libs.entries()) {
      const root = `libs/${folder || `lib_${at}`}`;
      if (`${root}/__init__.py` in result.files) continue;
      for (const [path, text] of Object.entries(files))
        add(root, kind === 'src' ? `src/${path}` : path, text, kind === 'package' ? `${folder}/${path}` : path);
      if (kind === 'src' && Object.keys(files).length > 0) add(root, 'alpha.py', 'raise SystemExit("not in src")');
    }
    return result;
  });
}
