import { globPattern } from '../core/glob';

/** Names of Python modules that hold tests, as globs: pytest's own, and the `tests.py` of a flow's folder. */
const TEST_MODULES = ['tests', 'test_*', '*_test'];

/** Names of modules that only tests load: those, and what pytest loads before them. */
const LOADED_BY_TESTS = [...TEST_MODULES, 'conftest'];

/** A folder of tests: everything in it belongs to them, data too. */
export const TESTS_FOLDER = 'tests';

/** File name that only tests load, as a glob that Nx hashes by. */
export const LOADED_BY_TESTS_GLOB = `{${LOADED_BY_TESTS.join(',')}}.py`;

/** Every other Python file name, as a glob of Nx. {@link globPattern} does not read `!(...)`. */
export const NOT_LOADED_BY_TESTS_GLOB = `!(${LOADED_BY_TESTS.join('|')}).py`;

const TEST_MODULE = globPattern(`{${TEST_MODULES.join(',')}}.py`);
const IN_TESTS_FOLDER = globPattern(`**/${TESTS_FOLDER}/**/*.py`);

/** Whether a file name is that of a module with tests. pytest finds `tests.py` only when it is named. */
export function isTestModule(name: string): boolean {
  return TEST_MODULE.test(name);
}

/** What a test module is named after: of `tests/test_daily.py` and `daily_test.py` daily. */
export function subjectOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.py$/, '');
  return name.startsWith('test_') ? name.slice('test_'.length) : name.replace(/_test$/, '');
}

/** Whether a Python file, by its path below the project's root, gives the project a target `test`. */
export function isTest(path: string): boolean {
  return isTestModule(path.slice(path.lastIndexOf('/') + 1)) || IN_TESTS_FOLDER.test(path);
}
