import { FlowError } from '../../core/errors';
import type { CodeStore, DeliveryRequest, Delivery, StoreKind } from '../code-store';
import { withoutStorage } from '../without-storage';

/** No place of ours: workers run the pull steps that the flow's `prefect.yaml` declares. */
class DeclaredPullSteps implements CodeStore {
  readonly isLocal = false;

  /** Nothing tells what the steps will find. */
  async holds(): Promise<boolean> {
    return true;
  }

  async put(): Promise<void> {}

  async delivery(_code: unknown, { flow, declared }: DeliveryRequest): Promise<Delivery> {
    if (declared !== undefined) return { pullSteps: declared };
    throw new FlowError({
      code: 'no-pull-steps',
      flow,
      what: 'The option "code" is pull, and no prefect.yaml declares pull steps for the deployment.',
      next: 'Add a pull section to the prefect.yaml that declares the deployment, or choose another "code".',
    });
  }

  storage = withoutStorage('pull');
}

export const pullStores: StoreKind = { scheme: 'pull', open: () => new DeclaredPullSteps() };
