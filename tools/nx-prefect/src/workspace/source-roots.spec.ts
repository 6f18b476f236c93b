import { findSourceRoots } from './source-roots';

function roots(files: Record<string, string>): string[] {
  return findSourceRoots({ files: Object.keys(files), textOf: (file) => files[file]! });
}

const PACKAGE = { 'src/p/__init__.py': '', 'lib/p/__init__.py': '', 'tools/x.py': '' };

test.each([
  ['nothing', {}, ['src']],
  ['[project]', { 'pyproject.toml': '[project]\nname = "p"' }, ['src']],
  ['setuptools', { 'pyproject.toml': '[tool.setuptools.packages.find]\nwhere = ["lib"]' }, ['lib']],
  ['setuptools', { 'pyproject.toml': '[tool.setuptools]\npackage-dir = {"" = "lib"}' }, ['lib']],
  ['Poetry', { 'pyproject.toml': '[tool.poetry]\npackages = [{include = "p", from = "lib"}]' }, ['lib']],
  ['Hatch', { 'pyproject.toml': '[tool.hatch.build.targets.wheel]\npackages = ["lib/p"]' }, ['lib']],
  ['uv', { 'pyproject.toml': '[tool.uv.build-backend]\nmodule-root = "lib"' }, ['lib']],
  ['PDM', { 'pyproject.toml': '[tool.pdm.build]\npackage-dir = "lib"' }, ['lib']],
  ['setup.cfg', { 'setup.cfg': '[options]\npackage_dir =\n    = lib\n' }, ['lib']],
  ['setup.cfg', { 'setup.cfg': '[options.packages.find]\nwhere = lib\n' }, ['lib']],
  ['a folder that is not there', { 'pyproject.toml': '[tool.pdm.build]\npackage-dir = "gone"' }, ['src']],
  ['a file that is broken', { 'pyproject.toml': '[' }, ['src']],
])('packages lie where %s says', (_, files, expected) => expect(roots({ ...PACKAGE, ...files })).toEqual(expected));

test('each project of a monorepo has its own; the root alone is none', () => {
  expect(
    roots({
      'pyproject.toml': '',
      'packages/a/pyproject.toml': '',
      'packages/a/src/a/__init__.py': '',
      'packages/b/setup.py': '',
      'packages/b/b/__init__.py': '',
    }),
  ).toEqual(['packages/a/src', 'packages/b']);
  expect(roots({ 'pyproject.toml': '', 'p/__init__.py': '' })).toEqual([]);
  expect(roots({ 'src/__init__.py': '' })).toEqual([]);
});
