import { imageInputs } from './image-inputs';

const inputs = (projectRoot: string, ignoreText: string, more: { dockerfile?: string; context?: string } = {}) =>
  imageInputs({ projectRoot, ...more }, ignoreText).map((input) => input.replace('{workspaceRoot}/', ''));
const always = (folder: string) => [
  `${folder}Dockerfile`,
  `${folder}Dockerfile.dockerignore`,
  `${folder}.dockerignore`,
];

test('without an ignore file all of the context counts', () => {
  expect(inputs('images/a', '')).toEqual(['images/a/**/*', ...always('images/a/')]);
  expect(inputs('.', '')).toEqual(['**/*', ...always('')]);
});

test('what is ignored does not count, but for the Dockerfile and the ignore file', () => {
  expect(inputs('.', 'node_modules\n**/*.md\nDockerfile\n.*\n')).toEqual([
    '**/*',
    '!node_modules',
    '!node_modules/**/*',
    '!**/*.md',
    '!**/*.md/**/*',
    ...always(''),
  ]);
});

test('of a list of exceptions, only they count', () => {
  expect(inputs('.', '*\n!requirements.txt\n!libs\nlibs/**/tests\n')).toEqual([
    'requirements.txt',
    'requirements.txt/**/*',
    'libs',
    'libs/**/*',
    '!libs/**/tests',
    '!libs/**/tests/**/*',
    ...always(''),
  ]);
});

test('a pattern with an exception after it is left out: rather one file too many', () => {
  expect(inputs('.', 'docs\n!docs/keep.md\nbuild\n')).toEqual(['**/*', '!build', '!build/**/*', ...always('')]);
});

test('a context elsewhere, with the Dockerfile in the project', () => {
  expect(inputs('flows/p/a', 'node_modules', { context: '.' })).toEqual([
    '**/*',
    '!node_modules',
    '!node_modules/**/*',
    'flows/p/a/Dockerfile',
    'flows/p/a/Dockerfile.dockerignore',
    '.dockerignore',
  ]);
});

test('rules that are no globs of Nx: rather all of the context', () => {
  expect(inputs('images/a', 'a+b\n!**.py\n**.md\n[ab]\n')).toEqual(['images/a/**/*', ...always('images/a/')]);
  expect(inputs('images/a', '*\n!**.py\n')).toEqual(['images/a/**/*', ...always('images/a/')]);
});

test('more folders that the build reads', () => {
  expect(imageInputs({ projectRoot: 'images/a' }, '*', ['libs/shared'])).toContain('{workspaceRoot}/libs/shared/**/*');
});
