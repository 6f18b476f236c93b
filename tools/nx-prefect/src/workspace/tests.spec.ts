import { isTest } from './tests';

test.each([
  ['tests.py', true],
  ['test_x.py', true],
  ['a/x_test.py', true],
  ['tests/unit/orders.py', true],
  ['conftest.py', false],
  ['tests/data.csv', false],
  ['latest.py', false],
])('%s has tests: %s', (name, expected) => expect(isTest(name)).toBe(expected));
