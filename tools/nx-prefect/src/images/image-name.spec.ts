import { readDockerfile } from './dockerfile';
import { defaultImageName } from './image-name';

const name = (dockerfile: string, { project, lockedPrefect }: { project?: string; lockedPrefect?: string } = {}) =>
  defaultImageName({ project, lockedPrefect, dockerfile: readDockerfile(dockerfile) });

test.each([
  ['FROM python:3.7-slim', '0.15.13', 'custom-prefect-0.15.13-python3.7'],
  [
    'ARG PYTHON_VERSION=3.11.9\nARG PREFECT_VERSION=3.8.8\nFROM python:${PYTHON_VERSION}',
    '3.0.0',
    'custom-prefect-3.8.8-python3.11',
  ],
  ['FROM prefecthq/prefect:3.8.8-python3.12', undefined, 'custom-prefect-3.8.8-python3.12'],
  ['FROM registry.example/team/base', '3.8.8', 'custom-prefect-3.8.8'],
  ['FROM registry.example/team/base', undefined, 'custom-prefect'],
])('at the root, %s with the lock %s: %s', (dockerfile, lockedPrefect, expected) => {
  expect(name(dockerfile, lockedPrefect === undefined ? {} : { lockedPrefect })).toBe(expected);
});

test.each([
  ['project_1-flow1', '3.8.8', 'project_1-flow1-prefect-3.8.8-python3.11'],
  ['@Team/My Worker', undefined, 'team/my-worker-python3.11'],
])('elsewhere it begins with the project, in the letters of a repository: %s', (project, lockedPrefect, expected) => {
  expect(name('FROM python:3.11', { project, ...(lockedPrefect === undefined ? {} : { lockedPrefect }) })).toBe(
    expected,
  );
});
