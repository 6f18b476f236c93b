import { FlowError } from '../../core/errors';
import type { DeliveryRequest, Delivery, StoreKind } from '../code-store';
import { PlaceOfOthers } from '../place-of-others';

/** No place of ours: workers run the pull steps that the flow's `prefect.yaml` declares. */
class DeclaredPullSteps extends PlaceOfOthers {
  readonly usesDeclaredSteps = true;

  async delivery(_code: unknown, { flow, declared }: DeliveryRequest): Promise<Delivery> {
    if (declared !== undefined) return { pullSteps: declared };
    throw new FlowError({
      code: 'no-pull-steps',
      flow,
      what: 'The option "code" is pull, and no prefect.yaml declares pull steps for the deployment.',
      next: 'Add a pull section to the prefect.yaml that declares the deployment, or choose another "code".',
    });
  }
}

export const pullStores: StoreKind = { scheme: 'pull', open: () => new DeclaredPullSteps('pull') };
