import { outcomeOf } from './load-outcome';
import type { LoadRequest } from './worker-protocol';

const request: LoadRequest = {
  id: '1',
  root: __dirname,
  path: 'flows/p/f/flow.py',
  load: 'import',
  ship: 'script',
  env: {},
} as LoadRequest;
const told = (code: unknown) =>
  outcomeOf(
    request,
    {
      ended: 'exit code 0',
      output: '',
      stacks: '',
      reply: JSON.stringify({ ok: false, error: { code, what: 'W.', next: 'N.', file: 'f.py', line: 3 } }),
    },
    1,
  );

it('takes an error of the worker as it is', () => {
  expect(told('import-failed')).toMatchObject({ error: { code: 'import-failed', what: 'W.', next: 'N.' } });
});

it.each(['made-up', 'constructor', null])('does not believe a reply with the code %p, which no worker has', (code) => {
  expect(told(code)).toMatchObject({ error: { code: 'worker-died' } });
});
