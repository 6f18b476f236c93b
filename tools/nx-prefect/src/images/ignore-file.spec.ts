import { patternsOf } from './ignore-file';

test.each([
  ['# a\n\n  src  \n#b', ['src']],
  ['*\n!./src/deep\n! lib//deep/x/', ['*', '!src/deep', '!lib/deep/x']],
  ['/a\r\n/b/\r\nc/../d', ['a', 'b', 'd']],
  ['!\n.\n!.\n/\n./', []],
])('%j says %j', (text, patterns) => {
  expect(patternsOf(text)).toEqual(patterns);
});
