import fc from 'fast-check';

/** The seed of this run, fast-check's too: tools/local/jest-seed.cjs. */
export const SEED = fc.readConfigureGlobal().seed as number;
