import { readDockerfile, unpinned } from './dockerfile';

const TEXT = `# FROM commented:out
ARG PYTHON_VERSION=3.11
ARG BASE="python:\${PYTHON_VERSION}-slim"
FROM --platform=linux/amd64 \${BASE} AS wheels
ARG EXTRA
RUN pip wheel \\
    # a comment between
    FROM-is-no-word-here
FROM wheels
FROM $BASE@sha256:0123 as last
from scratch
`;

test('reads bases with arguments filled in, without stages of its own', () => {
  expect(readDockerfile(TEXT)).toEqual({
    args: { PYTHON_VERSION: '3.11', BASE: 'python:3.11-slim' },
    bases: ['python:3.11-slim', 'python:3.11-slim@sha256:0123'],
    baseArgs: { 'python:3.11-slim': 'BASE' },
    sources: [],
  });
});

test('build arguments stand above the defaults, and give those without one a value', () => {
  expect(readDockerfile(TEXT, { PYTHON_VERSION: '3.13', EXTRA: 'x' })).toMatchObject({
    args: { PYTHON_VERSION: '3.13', BASE: 'python:3.13-slim', EXTRA: 'x' },
  });
});

test('several arguments in one line, and defaults in the place of use', () => {
  expect(readDockerfile("ARG A=1 B='two'\nFROM ${NONE:-base}:$A-${B}${A:+-x}${NONE:+y}\n")).toEqual({
    args: { A: '1', B: 'two' },
    bases: ['base:1-two-x'],
    baseArgs: {},
    sources: [],
  });
});

test('FROM knows the arguments before the first stage only', () => {
  expect(readDockerfile('FROM a:1\nARG TAG=2\nFROM b:${TAG:-1}\n').bases).toEqual(['a:1', 'b:1']);
});

test.each([
  ['a heredoc', 'FROM a:1\nRUN <<EOF\nFROM no:1\nARG PREFECT_VERSION=9\nEOF\nCOPY <<-"END" /x\nFROM no:2\n\tEND\n'],
  ['two heredocs in one line', 'FROM a:1\nRUN <<A cat && <<B cat\nFROM no:1\nA\nFROM no:2\nB\n'],
  ['a comment in a continued line', 'FROM a:1\nRUN x \\\n# no end \\\n\nFROM no:1\n'],
  ['another escape', '# escape=`\nFROM a:1\nRUN dir c:\\\nRUN x `\nFROM no:1\n'],
  ['an escape that is a comment only', '# more\n# escape=`\nFROM \\\na:1\n'],
])('%s', (_, text) => {
  expect(readDockerfile(text)).toEqual({ args: {}, bases: ['a:1'], baseArgs: {}, sources: [] });
});

test('what is copied from images and addresses counts as theirs', () => {
  const text = `FROM a:1@sha256:0 AS one
COPY --from=tool:2 /a /a
COPY --from=one --chown=1 /a /b
COPY --from=0 /a /c
RUN --mount=type=bind,from=mounted:3,target=/m --mount=type=cache,target=/c true
RUN --mount=from=shared,target=/m true
ADD https://example.org/a.tar.gz "git@example.org/b.git#main" /d/
ADD --checksum=sha256:1 https://example.org/c.tar.gz /d/
ADD https://example.org/d.git#0123456789012345678901234567890123456789 /d/
COPY https /e
`;
  expect(unpinned(readDockerfile(text, {}, ['shared']))).toEqual([
    'tool:2',
    'mounted:3',
    'https://example.org/a.tar.gz',
    'git@example.org/b.git#main',
  ]);
});

test('a base is pinned by a digest, not by a tag', () => {
  expect(unpinned(readDockerfile(TEXT))).toEqual(['python:3.11-slim']);
});
