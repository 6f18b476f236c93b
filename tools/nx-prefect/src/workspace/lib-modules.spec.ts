import { pathAtTop } from './lib-modules';

describe('a path at the top of the shipped tree', () => {
  test.each([
    [['__init__.py', 'x.py'], 'x.py', 'alerts/x.py'],
    [['__init__.py'], 'data/rules.json', 'alerts/data/rules.json'],
    [['alerts/__init__.py'], 'alerts/x.py', 'alerts/x.py'],
    [['alerts/__init__.py'], 'alerts/rules.json', 'alerts/rules.json'],
    [['src/alerts/__init__.py'], 'src/alerts/x.py', 'alerts/x.py'],
    [['src/alerts/__init__.py', 'setup.py'], 'setup.py', undefined],
    [['alerts/__init__.py'], 'pyproject.toml', undefined],
    [['alerts/__init__.py'], 'docs/index.md', undefined],
    [['alerts/__init__.py', 'docs/tests/conftest.py'], 'docs/index.md', undefined],
    [['single.py'], 'single.py', 'single.py'],
    [['src/alerts/__init__.py', 'docs/conf.py', 'noxfile.py'], 'docs/conf.py', undefined],
    [['src/__init__.py', 'src/x.py', '__init__.py'], 'src/x.py', 'alerts/src/x.py'],
  ])('of a lib with %j: %s is %s', (python, path, expected) => {
    expect(pathAtTop({ root: 'libs/alerts', python })(path)).toBe(expected);
  });
});
