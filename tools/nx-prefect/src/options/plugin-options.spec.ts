import { FlowError } from '../core/errors';
import { parsePluginOptions } from './plugin-options';

test('defaults', () => {
  expect(parsePluginOptions(undefined)).toEqual({
    flowsDirectory: 'flows',
    flows: [],
    settings: [],
    libsDirectory: 'libs',
    imagesDirectory: 'images',
    imports: {},
    dataFiles: [],
    buildEnv: [],
    packageNames: {},
    build: {},
    register: {},
    test: {},
    'docker-deploy': {},
  });
});

test('default options of targets are passed as they are', () => {
  expect(parsePluginOptions({ register: { labels: ['a'], later: { x: 1 } } }).register).toEqual({
    labels: ['a'],
    later: { x: 1 },
  });
});

test.each([['flows'], ['src/flows'], ['f'], ['my.flows']])('%j is a folder', (flowsDirectory) => {
  expect(parsePluginOptions({ flowsDirectory })).toMatchObject({ flowsDirectory });
});

test.each([[''], ['/flows'], ['flows/'], ['./flows'], ['../flows'], ['a/../b'], ['a\\b'], ['.']])(
  '%j is no folder',
  (flowsDirectory) => {
    expect(() => parsePluginOptions({ flowsDirectory })).toThrow(FlowError);
  },
);

test.each([
  { sourceRoots: ['libs/*', 'teams/*/python'] },
  { imports: { 'acme.mail': 'libs/acme-mail', legacy: false as const } },
  { dataFiles: ['config/**/*.{yaml,yml}'] },
])('%j is taken', (options) => expect(parsePluginOptions(options)).toMatchObject(options));

test.each([
  { sourceRoots: [] },
  { sourceRoots: ['**/src'] },
  { imports: { 'acme-mail': 'libs/x' } },
  { imports: { acme: true } },
  { dataFiles: ['../x'] },
  { dataFiles: ['!x'] },
])('%j is refused', (options) => expect(() => parsePluginOptions(options)).toThrow(FlowError));

test('one error names everything that is wrong', () => {
  expect(() => parsePluginOptions({ flowDirectory: 'x', buildEnv: ['A-B'] })).toThrow(
    /nx\.json: .*buildEnv.*flowDirectory.*\[plugin-options\]/s,
  );
});
