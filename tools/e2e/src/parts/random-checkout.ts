import fc from 'fast-check';

/** A checkout that mixes layouts: flows by their files in several places, modules around them, packages in `src`. */
export interface Checkout {
  /** path -> content */
  files: Record<string, string>;
  /** The flow that is loaded. */
  flow: string;
}

const NAMES = ['alpha', 'beta', 'gamma', 'tasks'];
/** Where modules lie: beside flows, at the root, in packages and namespaces of `src`. */
const FOLDERS = ['', 'jobs/', 'jobs/alpha/', 'alpha/', 'src/', 'src/beta/', 'src/beta/gamma/', 'src/gamma/'];
const FLOWS = ['jobs/etl.py', 'src/beta/flows/etl.py', 'etl.py'];

const name = fc.constantFrom(...NAMES);
const dotted = fc
  .tuple(fc.constantFrom('', '', '', 'jobs.', 'src.', 'src.beta.'), fc.array(name, { minLength: 1, maxLength: 3 }))
  .map(([first, parts]) => first + parts.join('.'));

/** One import of any kind, which may fail. */
const statement = fc
  .oneof(
    dotted.map((path) => `import ${path}`),
    fc.tuple(dotted, name).map(([path, what]) => `from ${path} import ${what}`),
    fc
      .tuple(fc.constantFrom('.', '..'), fc.option(name, { nil: '' }), name)
      .map(([dots, path, what]) => `from ${dots}${path} import ${what}`),
  )
  .map((text) => `try:\n    ${text}\nexcept Exception:\n    pass`);
const content = fc.array(statement, { maxLength: 3 }).map((statements) => statements.join('\n'));

const path = fc
  .tuple(fc.constantFrom(...FOLDERS), fc.constantFrom('__init__', ...NAMES))
  .map(([folder, file]) => `${folder}${file}.py`);

export const checkout: fc.Arbitrary<Checkout> = fc
  .tuple(fc.dictionary(path, content, { maxKeys: 14 }), fc.constantFrom(...FLOWS), content)
  .map(([files, flow, text]) => {
    // Installed, a package is no file of the root: such a `src` would be one itself.
    const { '__init__.py': _root, 'src/__init__.py': _src, ...rest } = files;
    return { files: { ...rest, [flow]: text }, flow };
  });
