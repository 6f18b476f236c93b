import fc from 'fast-check';

/** `npm run test:long`: more and longer runs, with seeds of their own. */
export const LONG = process.env['NX_PREFECT_LONG'] === 'true';
/** The seed of this run, fast-check's too: tools/local/jest-seed.cjs. */
export const SEED = fc.readConfigureGlobal().seed as number;
