/** @type {import('jest').Config} */
module.exports = {
  displayName: 'prefect1-server',
  rootDir: __dirname,
  testEnvironment: 'node',
  setupFiles: ['<rootDir>/../local/jest-seed.cjs'],
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        module: { type: 'commonjs' },
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
      },
    ],
  },
  coverageDirectory: '<rootDir>/../../coverage/prefect1-server',
};
