// The seed of everything random in Jest's tests: a fixed one, so that a run says the same twice, unless one is named.
// `npm run test:long` names others.
const fc = require('fast-check');

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env.NX_PREFECT_SEED ?? 20261123) });
