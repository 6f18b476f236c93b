import { newPackageJson, packageName, pluginOptionsIn, withLines, withPlugin } from './edits';

describe('withPlugin', () => {
  it('makes an nx.json that names the plugin and asks for no service', () => {
    const text = withPlugin(undefined, {}, 'trunk');
    expect(JSON.parse(text)).toMatchObject({ analytics: false, neverConnectToCloud: true, defaultBase: 'trunk' });
    expect(JSON.parse(text)).toMatchObject({ plugins: ['nx-prefect'] });
    expect(withPlugin(text, {}, 'main')).toBe(text);
  });

  it('leaves comments, spaces and other plugins as they are', () => {
    const before = '{\n    // ours\n    "plugins": ["@nx/js"],\n    "parallel":   3\n}\n';
    const after = withPlugin(before, { register: { workPool: 'a' } }, 'main');
    expect(after).toContain('    // ours\n');
    expect(after).toContain('"parallel":   3\n}\n');
    expect(pluginOptionsIn(after)).toEqual({ register: { workPool: 'a' } });
    expect(after).toContain('"@nx/js"');
    expect(withPlugin(after, { register: { workPool: 'a' } }, 'main')).toBe(after);
  });

  it('adds options to those that are there, and changes the ones that are given again', () => {
    const before = withPlugin(undefined, { register: { workPool: 'a', tags: ['x'] } }, 'main');
    const after = withPlugin(before, { register: { workPool: 'b' }, flows: ['jobs/*.py'] }, 'main');
    expect(pluginOptionsIn(after)).toEqual({ register: { workPool: 'b', tags: ['x'] }, flows: ['jobs/*.py'] });
  });

  it('takes an nx.json without plugins', () => {
    expect(pluginOptionsIn(withPlugin('{}', { flows: ['a.py'] }, 'main'))).toEqual({ flows: ['a.py'] });
  });
});

describe('withLines', () => {
  it.each([
    [undefined, 'a\nb\n'],
    ['', 'a\nb\n'],
    ['x', 'x\na\nb\n'],
    ['x\n', 'x\na\nb\n'],
    ['x\r\n', 'x\r\na\r\nb\r\n'],
  ])('ends %j with the new lines', (before, after) => {
    expect(withLines(before, ['a', 'b'])).toBe(after);
  });

  it('leaves a text to which nothing is added', () => {
    expect(withLines('x', [])).toBe('x');
  });
});

it.each([
  ['Data Team', 'data-team'],
  ['.repo', 'repo'],
  ['日本', 'flows'],
])('the folder %j gives the package name %j', (folder, name) => {
  expect(packageName(folder)).toBe(name);
  expect(JSON.parse(newPackageJson(name, { nx: '1' }))).toEqual({ name, private: true, devDependencies: { nx: '1' } });
});
