import { shownChange } from './shown-change';

it.each([
  ['a plain value', 'old', 'new', 'old', 'new'],
  ['a placeholder, and what stood there', 'abc123', '{{ $GIT_SHA }}', '(another value)', '{{ $GIT_SHA }}'],
  ['in a list', ['prod', 'a'], ['{{ $STAGE }}', 'a'], ['(another value)', 'a'], ['{{ $STAGE }}', 'a']],
  [
    'in an object',
    { env: { A: 'x', B: 'y' } },
    { env: { A: '{{ $A }}', B: 'z' } },
    { env: { A: '(another value)', B: 'y' } },
    { env: { A: '{{ $A }}', B: 'z' } },
  ],
  [
    'secrets by their names',
    { env: { DB_PASSWORD: 'old', apiKey: 'a' } },
    { env: { DB_PASSWORD: 'new', apiKey: '{{ prefect.blocks.secret.key }}' } },
    { env: { DB_PASSWORD: '***', apiKey: '(another value)' } },
    { env: { DB_PASSWORD: '*** (another value)', apiKey: '{{ prefect.blocks.secret.key }}' } },
  ],
  ['credentials in an address', null, 'http://me:pass@host/a', null, 'http://***@host/a'],
])('%s', (_what, before, after, shownBefore, shownAfter) =>
  expect(shownChange('field', before, after)).toEqual({ field: 'field', before: shownBefore, after: shownAfter }),
);
