import fc from 'fast-check';
import { FlowError, formatError, redact } from './errors';

describe('FlowError', () => {
  it('says where, what, what to do next, and its code', () => {
    const error = new FlowError({
      code: 'no-flow',
      flow: 'p-f',
      file: 'flows/p/f/flow.py',
      line: 3,
      what: 'What happened.',
      next: 'Do this.',
      detail: 'a\nb',
    });
    expect(error.format()).toBe('p-f flows/p/f/flow.py:3: What happened. Do this. [no-flow]\n    a\n    b');
  });

  it.each([
    ['https://user:secret@host/api', 'https://***@host/api'],
    ['Authorization: Bearer abc.def', 'Authorization: Bearer ***'],
    ['pnu_0123456789', 'pnu_***'],
    ['AKIAIOSFODNN7EXAMPLE', 'AKIA***'],
  ])('hides what is secret in %s', (text, hidden) => {
    expect(redact(text)).toBe(hidden);
  });

  it('never shows a stack, unless asked', () => {
    fc.assert(fc.property(fc.string(), (message) => !formatError(new Error(message)).includes('errors.spec.ts')));
    expect(formatError(new Error('x'), true)).toContain('errors.spec.ts');
  });
});
