import { Prefect } from './prefect';

/** Jest's global setup and, as what it returns can't be one, global teardown of it: shared-server-end.ts. */
export default async function share(): Promise<void> {
  Object.assign(globalThis, { sharedServer: await Prefect.share() });
}
