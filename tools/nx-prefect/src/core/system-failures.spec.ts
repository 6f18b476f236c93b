import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { formatError } from './errors';

const failing = (code: string, path: string, syscall = 'open') =>
  Object.assign(new Error(`${code}: whatever, ${syscall} '${path}'`), { code, path, syscall });

test.each<[string, string, string, RegExp]>([
  ['ENOSPC', '/w/dist/.building-1/code', 'mkdir', /^\/w\/dist\/\.building-1\/code \(for copies of what ships/],
  ['ENOSPC', '/w/.prefect-code/abc', 'write', /\(for the code that workers .* the disk is full \(ENOSPC\)\. Free/],
  ['EROFS', '/w/dist', 'mkdir', /\(for builds\) can't be written: its disk is read-only/],
  ['EACCES', '/w/dist/.register.lock', 'open', /\(for the lock of this checkout\) .*no permission.* Let this user/],
  ['EDQUOT', '/w/dist/flows/p/f', 'write', /share of the disk is full/],
  ['EMFILE', '/w/flows/p/f/flow.py', 'open', /too many files open .* Raise the limit/],
  ['ENOENT', `${tmpdir()}/nx-prefect-1-2-XXXXXX`, 'mkdtemp', /for temporary files.*does not exist.* TMPDIR chooses/],
])('%s of %s: which place, what for, what to do', (code, path, syscall, says) => {
  const text = formatError(failing(code, path, syscall));
  expect(text).toMatch(says);
  expect(text).toMatch(/ \[file-system\]$/);
});

test("real ones are recognised, and a bug's text is kept", () => {
  const grab = (action: () => void) => {
    try {
      action();
    } catch (error) {
      return formatError(error);
    }
    return '';
  };
  expect(grab(() => mkdtempSync('/nowhere/at/all-'))).toMatch(/\/nowhere\/at\/all-.*does not exist.*\[file-system\]/);
  expect(grab(() => mkdirSync('/proc/x'))).toMatch(/\[file-system\]/);
  expect(formatError(new TypeError('x is not a function'))).toBe('Unexpected error: x is not a function');
});
