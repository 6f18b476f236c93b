import { createInputs } from './inputs';

const PYTHON = [{ runtime: 'python3' }];
const NONE = { environmentVariables: [], dataFiles: [], environment: PYTHON };

test('flows beside each other that read the same share their inputs', () => {
  const inputs = createInputs('/', () => '');
  expect(inputs.named('flows/p/b', { ...NONE })).toBe(inputs.named('flows/p/a', { ...NONE }));
});

test('what one of them has for itself is its own', () => {
  const inputs = createInputs('/', (folder) => (folder === 'flows/p/lock' ? folder : ''));
  const common = inputs.named('flows/p/a', NONE);
  expect(common['locked']).toHaveLength(3);
  expect(inputs.named('flows/p/lock', NONE)).toEqual({ ...common, locked: [] });
  expect(inputs.named('flows/p/python', { ...NONE, environment: [{ runtime: 'python' }] })).toEqual({
    ...common,
    runsWith: [...common['runsWith']!.slice(0, -1), { runtime: 'python' }],
  });
  expect(inputs.named('flows/p/env', { ...NONE, environmentVariables: ['STAGE'] })['runsWith']).toEqual(
    common['runsWith']!.toSpliced(1, 0, { env: 'STAGE' }),
  );
  expect(inputs.named('flows/p/data', { ...NONE, dataFiles: ['shared/**'] })['shipped']).toEqual([
    ...common['shipped']!,
    '{workspaceRoot}/shared/**',
  ]);
  expect(inputs.named('flows/other/a', NONE)['tested']).not.toEqual(common['tested']);
});
