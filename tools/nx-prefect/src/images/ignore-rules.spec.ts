import { IgnoreRules } from './ignore-rules';
import { patternsOf } from './ignore-file';

const hides = (text: string, path: string, isStrict = false) => new IgnoreRules(patternsOf(text)).hides(path, isStrict);

test.each([
  ['readme.md', 'readme.md', true],
  ['readme.md', 'README.md', false],
  ['src', 'src/deep/a.py', true],
  ['*.py', 'a.py', true],
  ['*.py', 'src/a.py', false],
  ['*/a.py', 'src/a.py', true],
  ['**/a.py', 'a.py', true],
  ['**/a.py', 'x/y/a.py', true],
  ['a/**', 'a/x/y', true],
  ['a/**', 'a', false],
  ['a/**/b', 'a/b', true],
  ['?', 'é', true],
  ['?', '😀', true],
  ['??', '😀', false],
  ['[a-c]x', 'bx', true],
  ['[^a-c]x', 'bx', false],
  ['a\\*b', 'a*b', true],
  ['a\\*b', 'axb', false],
  ['a.b', 'axb', false],
  ['$x', '$x', true],
  ['*\n!a', 'a', false],
  ['*\n!a', 'a/b/c', false],
  ['!a\n*', 'a', true],
  ['*\n!src/**/*.py', 'src/x/y/a.py', false],
  ['*\n!src/**/*.py', 'src/x/y/a.pyc', true],
])('the rules %j leave %j out: %s', (text, path, expected) => {
  expect(hides(text, path)).toBe(expected);
});

// What engines read in two ways is left out only if both leave it out.
test.each([
  ['*\n!**.py', 'main.py'],
  ['**.py', 'main.py'],
  ['notes|old', 'notes'],
  ['notes|old', 'x/old'],
  ['a+b', 'a+b'],
  ['a+b', 'aab'],
  ['a{2}b', 'a{2}b'],
  ['a{2}b', 'aab'],
  ['\\a.txt', 'a.txt'],
  ['(a)', 'a'],
  ['a^b', 'a^b'],
  ['*\n!a+b', 'aab'],
  ['*\n!a+b', 'a+b'],
  ['*\n!\\a', 'anything'],
  ['[[:alpha:]]', 'a'],
  ['caf\uDCE9', 'caf\uDCE8'],
])('the rules %j leave %j in', (text, path) => {
  expect(hides(text, path)).toBe(false);
});

test('what an engine refuses, or reads alike, has its one meaning', () => {
  expect(hides('vendor/c++', 'vendor/c++/a.h')).toBe(true);
  expect(hides('a{b', 'a{b')).toBe(true);
  expect(hides('notes|old', 'notes|old')).toBe(true);
});

test('below a folder that old engines enter for an exception, a rule is compared with one of its folders', () => {
  expect(hides('**/b\n!a/b/c', 'a/b/x/y')).toBe(true);
  expect(hides('**/b\n!a/b/c', 'x/a/b/y', true)).toBe(false);
});

test.each([
  ['requirements.txt', 'node_modules', false],
  ['libs', 'libs/x', true],
  ['libs/*/src', 'libs/x', true],
  ['libs/*/src', 'libs/x/docs', false],
  ['**/keep', 'any/where', true],
  ['a|b', 'any/where', true],
])('an exception for %s may bring back what is in %s: %s', (pattern, below, expected) => {
  expect(new IgnoreRules([`!${pattern}`]).mayReach(below)).toBe(expected);
});
