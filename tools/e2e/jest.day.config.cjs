/** The tests of a user's day: one Prefect server for all of them. @type {import('jest').Config} */
module.exports = {
  ...require('./jest.config.cjs'),
  globalSetup: '<rootDir>/src/parts/shared-server.ts',
  globalTeardown: '<rootDir>/src/parts/shared-server-end.ts',
};
