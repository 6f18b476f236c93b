import fc from 'fast-check';
import { sha256 } from '../../core/canonical';
import { idempotencyKey, readKey } from './idempotency-key';

describe('idempotencyKey', () => {
  it('gives back what is in it, whatever the workspace is called', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }).filter((text) => !/[\n\r\u2028\u2029]/.test(text)),
        fc.string(),
        fc.nat(),
        fc.boolean(),
        fc.option(fc.record({ env: fc.string(), file: fc.string(), commit: fc.string() }), { nil: undefined }),
        (workspaceId, content, instead, again, mark) => {
          const digest = sha256(content);
          const key = { workspaceId, digest, instead, ...(mark && { mark }) };
          expect(readKey(idempotencyKey(key, again))).toEqual(key);
        },
      ),
    );
  });

  it.each([null, undefined, '', sha256('the key of prefect register'), 'nx-prefect:team', 7])('is not %s', (key) => {
    expect(readKey(key)).toBeUndefined();
  });
});
