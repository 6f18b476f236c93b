import fc from 'fast-check';
import { stringify } from 'smol-toml';
import { FlowError } from '../../core/errors';
import type { LockedPackage, LockedPackages } from './locked-package';
import { parsePoetryLock } from './poetry-lock';
import { parsePylock } from './pylock';
import { parseUvLock } from './uv-lock';

type Parse = (text: string, file: string) => LockedPackages;
type Packages = Pick<LockedPackage, 'name' | 'version' | 'hashes' | 'dependencies'>[];

const files = (hashes: readonly string[]) => hashes.map((hash) => ({ url: `https://example.com/${hash}`, hash }));

const LOCKS: [file: string, parse: Parse, print: (packages: Packages) => unknown][] = [
  [
    'uv.lock',
    parseUvLock,
    (packages) => ({
      version: 1,
      package: packages.map(({ name, version, hashes: [sdist, ...wheels], dependencies }) => ({
        name,
        version,
        source: { registry: 'x' },
        dependencies: dependencies.map((each) => ({ name: each, marker: 'm' })),
        ...(sdist ? { sdist: files([sdist])[0] } : {}),
        wheels: files(wheels),
      })),
    }),
  ],
  [
    'poetry.lock',
    parsePoetryLock,
    (packages) => ({
      package: packages.map(({ name, version, hashes, dependencies }) => ({
        name,
        version,
        files: files(hashes).map(({ hash }) => ({ file: 'x', hash })),
        dependencies: Object.fromEntries(dependencies.map((each) => [each, '*'])),
      })),
      metadata: { 'lock-version': '2.1' },
    }),
  ],
  [
    'pylock.toml',
    parsePylock,
    (packages) => ({
      'lock-version': '1.0',
      packages: packages.map(({ name, version, hashes, dependencies }) => ({
        name,
        version,
        wheels: hashes.map((hash) => ({ hashes: { sha256: hash.slice('sha256:'.length) } })),
        dependencies: dependencies.map((each) => ({ name: each })),
      })),
    }),
  ],
];

describe.each(LOCKS)('%s', (file, parse, print) => {
  const name = fc.stringMatching(/^[a-z][a-z0-9]{0,6}(-[a-z0-9]{1,3})?$/);
  const hashes = fc.uniqueArray(fc.stringMatching(/^sha256:[0-9a-f]{8}$/), { minLength: 1, maxLength: 4 });
  const packages = fc.uniqueArray(
    fc.record({
      name,
      version: fc.stringMatching(/^\d(\.\d{1,3}){0,2}$/),
      hashes,
      dependencies: fc.uniqueArray(name, { maxLength: 3 }),
    }),
    { selector: (each) => each.name },
  );

  test('what is printed is read back', () => {
    fc.assert(
      fc.property(packages, (all) => {
        const read = [...parse(stringify(print(all)), file).packages.values()];
        expect(read).toEqual(
          all.map((each) => ({
            ...each,
            hashes: [...each.hashes].sort(),
            dependencies: [...each.dependencies].sort(),
          })),
        );
      }),
    );
  });

  test('any text is read, or refused with the file', () => {
    const pieces = fc.array(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.constantFrom(
          '[[package]]\n',
          '[[packages]]\n',
          'name = "six"\n',
          'version = 1\n',
          'dependencies = 2\n',
          '[metadata]\n',
          '<<<<<<< HEAD\n',
          '__proto__ = 1\n',
        ),
      ),
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        expect(placeOfFailure(() => parse(parts.join(''), file), file)).toBe(file);
      }),
    );
  });

  test('a merge conflict is refused with its line', () => {
    const text = `${stringify(print([{ name: 'six', version: '1', hashes: ['sha256:aa'], dependencies: [] }]))}
<<<<<<< HEAD
`;
    const line = text.split('\n').indexOf('<<<<<<< HEAD') + 1;
    expect(() => parse(text, file)).toThrow(`${file}:${line}: `);
  });

  test('an empty one has no packages', () => expect([...parse('', file).packages]).toEqual([]));
});

/** Where a FlowError says that it failed, else the file that was read. */
function placeOfFailure(read: () => LockedPackages, file: string): string | undefined {
  try {
    read();
    return file;
  } catch (error) {
    return error instanceof FlowError ? error.place.file : String(error);
  }
}

test('uv: several versions of one name, sources without files, and groups', () => {
  const { packages } = parseUvLock(
    `[[package]]
name = "numpy"
version = "1.26"
wheels = [{ url = "a", hash = "sha256:a" }]
[[package]]
name = "numpy"
version = "2.0"
wheels = [{ url = "b", hash = "sha256:b" }]
[[package]]
name = "tool"
version = "1"
source = { git = "https://example.com/tool?rev=main#abc" }
[package.optional-dependencies]
aws = [{ name = "boto3" }]
[package.dev-dependencies]
dev = [{ name = "pytest" }]
`,
    'uv.lock',
  );
  expect(packages.get('numpy')).toMatchObject({ version: '1.26, 2.0', hashes: ['sha256:a', 'sha256:b'] });
  expect(packages.get('tool')).toMatchObject({
    hashes: [expect.stringContaining('#abc')],
    dependencies: ['boto3', 'pytest'],
  });
});

test('poetry: files where version 1 kept them', () => {
  const text =
    '[[package]]\nname = "six"\nversion = "1"\n[metadata.files]\nsix = [{file = "six.whl", hash = "sha256:aa"}]\n';
  expect(parsePoetryLock(text, 'poetry.lock').packages.get('six')!.hashes).toEqual(['sha256:aa']);
});

test('pylock: without dependencies none are known', () => {
  expect(
    parsePylock('[[packages]]\nname = "six"\n[[packages]]\nname = "rich"\n', 'pylock.toml').knowsDependencies,
  ).toBe(false);
  expect(
    parsePylock(
      '[[packages]]\nname = "six"\n[[packages]]\nname = "rich"\ndependencies = [{ name = "six" }]\n',
      'pylock.toml',
    ).knowsDependencies,
  ).toBe(true);
});
