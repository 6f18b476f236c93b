import { FlowError } from '../core/errors';
import type { CodeStore } from './code-store';

/** For stores that only Prefect 3 has: before it, a flow names such a place by a storage of its own. */
export function withoutStorage(code: string): CodeStore['storage'] {
  return (_digest, _file, { name, prefect }) => {
    throw new FlowError({
      code: 'code-unsupported',
      what: `The option "code" is ${code}, which needs Prefect 3; the flow "${name}" has Prefect ${prefect}.`,
      next: 'Give the flow a storage of its own, such as Git(...) or Docker(...), or set "code" to local or s3://...',
    });
  };
}
