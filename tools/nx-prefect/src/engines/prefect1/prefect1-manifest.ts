import type { Manifest, ManifestRegistration } from '../manifest';
import type { Prefect1Flow } from './loaded-prefect1';

/** Prefect 0.15 - 1.x. */
export interface Prefect1Manifest extends Manifest {
  /** What is uploaded, in `script/`: one file that holds all of `code`, or the flows by value. */
  script: {
    /**
     * What it is kept under. Says the same of all that is made of this source, also for pickles, whose bytes differ
     * each time.
     */
    digest: string;
    /** SHA-256 of the file as it was built. */
    files: { 'flow.py': string };
  };
  registrations: Prefect1Registration[];
}

/** One flow of Prefect 0.15 - 1.x. Its entrypoint is for the reader: the script finds the flow by its name. */
export interface Prefect1Registration
  extends ManifestRegistration, Pick<Prefect1Flow, 'serializedFlow' | 'storage' | 'storageLabels'> {}
