import fc from 'fast-check';
import { parseRequirements } from './requirements';

const parse = (text: string, files: Record<string, string> = {}) =>
  parseRequirements(text, 'requirements.txt', (path) => files[path]);
const versions = (text: string, files?: Record<string, string>) =>
  [...parse(text, files).packages.values()].map(({ name, version }) => `${name} ${version}`);

test('pins with hashes on continued lines, extras, markers and comments', () => {
  const { packages, knowsDependencies } = parse(`# made by hand
--index-url https://user:secret@example.com/simple
Ruamel.Yaml[jinja2]==0.18.6 ; python_version >= "3.8" \\
    --hash=sha256:bb \\
    --hash=sha256:aa  # old
six===1.16.0#part
   # indented
prefect == 3.8.8   # the server
`);
  expect([...packages.values()]).toEqual([
    {
      name: 'ruamel-yaml',
      version: '0.18.6',
      hashes: ['; python_version >= "3.8"', 'sha256:aa', 'sha256:bb'],
      dependencies: [],
    },
    { name: 'six', version: '1.16.0#part', hashes: [], dependencies: [] },
    { name: 'prefect', version: '3.8.8', hashes: [], dependencies: [] },
  ]);
  expect(knowsDependencies).toBe(false);
});

test('what is not pinned counts by what it asks for', () => {
  expect(versions('six>=1.16,<2\npandas\nnumpy==1.*\nrich~=13.0')).toEqual([
    'six >=1.16,<2',
    'pandas ',
    'numpy ==1.*',
    'rich ~=13.0',
  ]);
});

test('included files and constraints count, each once, from where they lie', () => {
  const files = {
    'deps/base.txt': 'six==1\n-r more.txt',
    'deps/more.txt': 'rich==2\n-r ../requirements.txt',
    'c.txt': 'attrs==3',
  };
  expect(versions('-r deps/base.txt\n--constraint=c.txt\n-rgone.txt\nyarl==4', files)).toEqual([
    'six 1',
    'rich 2',
    'attrs 3',
    'yarl 4',
  ]);
});

test.each([
  ['six @ https://example.com/six-1.whl', 'six'],
  ['six@git+https://example.com/six.git@abc', 'six'],
  ['-e git+https://example.com/x.git@abc#egg=Six', 'six'],
  ['https://example.com/python_dateutil-2.9-py2.py3-none-any.whl', 'python-dateutil'],
  ['./vendor/example/six-1.16.0.tar.gz', 'six'],
])('%s counts by its URL', (line, name) => {
  const { packages } = parse(line);
  // No URL in the version: it may hold a token, and Nx writes versions down.
  expect([...packages.values()]).toEqual([{ name, version: '', hashes: [expect.any(String)], dependencies: [] }]);
  expect(packages.get(name)!.hashes).not.toEqual(parse(line.replace('example', 'other')).packages.get(name)!.hashes);
});

test.each([
  '.',
  '-e .',
  '-e ./libs/alerts',
  '../elsewhere',
  '--editable=libs/alerts',
  '--find-links https://example.com/six-1.0.tar.gz',
  '-i https://x',
])('%s is no package', (line) => expect(versions(line)).toEqual([]));

test('comments of uv and pip-tools say which package needs which', () => {
  const { packages, knowsDependencies } = parse(`aiobotocore==3.10.0 \\
    --hash=sha256:aa
    # via prefect-aws
prefect==3.8.8
    # via
    #   -r requirements.in
    #   prefect-aws
prefect-aws==0.7.12   # via -r requirements.in, team (pyproject.toml)
six==1.16.0           # via prefect, python_dateutil[x]
python-dateutil==2.9
    # via aiobotocore
`);
  expect(knowsDependencies).toBe(true);
  expect(Object.fromEntries([...packages.values()].map(({ name, dependencies }) => [name, dependencies]))).toEqual({
    aiobotocore: ['python-dateutil'],
    prefect: ['six'],
    'prefect-aws': ['aiobotocore', 'prefect'],
    six: [],
    'python-dateutil': ['six'],
  });
});

test('one package without such a comment: nothing is known', () => {
  expect(parse('six==1  # via dateutil\nrich==2').knowsDependencies).toBe(false);
  expect(parse('').knowsDependencies).toBe(false);
});

describe('properties', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,4}){0,2}$/);
  const locked = fc.uniqueArray(
    fc.record({
      name,
      version: fc.stringMatching(/^\d{1,3}(\.\d{1,3}){0,3}(rc1)?$/),
      hashes: fc.uniqueArray(fc.stringMatching(/^sha256:[0-9a-f]{8}$/)),
    }),
    { selector: (each) => each.name },
  );

  test('what is printed is read back, however it is laid out', () => {
    const layout = fc.record({
      newline: fc.constantFrom('\n', '\r\n'),
      gap: fc.constantFrom(' ', ' \\\n    ', '\t'),
      comment: fc.constantFrom('', '  # note', '\n# note'),
    });
    fc.assert(
      fc.property(locked, layout, (packages, { newline, gap, comment }) => {
        const text = packages
          .map(
            (each) =>
              `${each.name}==${each.version}${each.hashes.map((hash) => `${gap}--hash=${hash}`).join('')}${comment}`,
          )
          .join('\n');
        const read = [...parse(text.replaceAll('\n', newline)).packages.values()];
        expect(read).toEqual(packages.map((each) => ({ ...each, hashes: [...each.hashes].sort(), dependencies: [] })));
      }),
    );
  });

  test('no text throws', () => {
    const pieces = fc.array(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('\\\n', '\n', ' #', 'via', '==', '@', '-r ', '-e ', '--hash=', ';', 'six', '/x-1.whl'),
      ),
      { maxLength: 30 },
    );
    fc.assert(fc.property(pieces, (parts) => expect(parse(parts.join('')).packages).toBeInstanceOf(Map)));
  });
});
