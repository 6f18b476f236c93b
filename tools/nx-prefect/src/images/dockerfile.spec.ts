import { readDockerfile, unpinnedBases } from './dockerfile';

const TEXT = `# FROM commented:out
ARG PYTHON_VERSION=3.11
ARG BASE="python:\${PYTHON_VERSION}-slim"
FROM --platform=linux/amd64 \${BASE} AS wheels
ARG EXTRA
RUN pip wheel \\
    FROM-is-no-word-here
FROM wheels
FROM $BASE@sha256:0123 as last
from scratch
`;

test('reads bases with arguments filled in, without stages of its own', () => {
  expect(readDockerfile(TEXT)).toEqual({
    args: { PYTHON_VERSION: '3.11', BASE: 'python:3.11-slim' },
    bases: ['python:3.11-slim', 'python:3.11-slim@sha256:0123'],
  });
});

test('build arguments stand above the defaults, and give those without one a value', () => {
  expect(readDockerfile(TEXT, { PYTHON_VERSION: '3.13', EXTRA: 'x' })).toMatchObject({
    args: { PYTHON_VERSION: '3.13', BASE: 'python:3.13-slim', EXTRA: 'x' },
  });
});

test('several arguments in one line, and defaults in the place of use', () => {
  expect(readDockerfile("ARG A=1 B='two'\nFROM ${NONE:-base}:$A-${B}\n")).toEqual({
    args: { A: '1', B: 'two' },
    bases: ['base:1-two'],
  });
});

test('a base is pinned by a digest, not by a tag', () => {
  expect(unpinnedBases(readDockerfile(TEXT))).toEqual(['python:3.11-slim']);
});
