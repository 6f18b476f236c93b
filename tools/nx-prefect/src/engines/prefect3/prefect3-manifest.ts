import type { Manifest, ManifestRegistration } from '../manifest';
import type { DeclaredFields, DeclaredPull } from './loaded-prefect3';

export interface Prefect3Manifest extends Manifest {
  registrations: Registration[];
  /** Arguments that `git_clone` has in the Prefect of the flow's environment. */
  gitClone: string[];
}

/** One deployment (Prefect 3) that the flow's source asks for. */
export interface Registration extends ManifestRegistration {
  parameterOpenapiSchema: Record<string, unknown>;
  /** The flow's own description, for a deployment that declares none. */
  description: string | null;
  /** What source declares; a field that is absent is open to options and to people. */
  fields: DeclaredFields;
  /** Whether `fields` come from a `prefect.yaml`, in which `{{ ... }}` are placeholders. */
  templated: boolean;
  /** The pull steps of its `prefect.yaml`: they count for `code: pull` alone, so the digest leaves them out. */
  pull?: DeclaredPull;
}
