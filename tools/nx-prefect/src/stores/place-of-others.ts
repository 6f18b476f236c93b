import { FlowError } from '../core/errors';
import type { Code, CodeStore, Delivery, DeliveryRequest, StoredFlow } from './code-store';

/**
 * A place that somebody else puts the code in: whether it holds the code is asked where a delivery is made. Only
 * Prefect 3 has such places; before it, a flow names one by a storage of its own.
 */
export abstract class PlaceOfOthers implements CodeStore {
  readonly isLocal = false;

  /** @param option value of the option `code` */
  constructor(private readonly option: string) {}

  async holds(): Promise<boolean> {
    return true;
  }

  async put(): Promise<void> {}

  abstract delivery(code: Code, request: DeliveryRequest): Promise<Delivery>;

  storage(_digest: string, _file: string, { name, prefect }: StoredFlow): never {
    throw new FlowError({
      code: 'code-unsupported',
      what: `The option "code" is ${this.option}, which needs Prefect 3; the flow "${name}" has Prefect ${prefect}.`,
      next: 'Give the flow a storage of its own, such as Git(...) or Docker(...), or set "code" to local or s3://...',
    });
  }
}
