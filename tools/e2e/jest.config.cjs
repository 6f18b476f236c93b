/** @type {import('jest').Config} */
module.exports = {
  displayName: 'e2e',
  rootDir: __dirname,
  testEnvironment: 'node',
  setupFiles: ['<rootDir>/../local/jest-seed.cjs'],
  testMatch: ['<rootDir>/src/**/*.e2e.ts'],
  // Real servers and engines: one file at a time, and time enough for a slow machine.
  maxWorkers: 1,
  testTimeout: 300_000,
  // A failed start must not keep the run alive: what it started ends with its standard input.
  forceExit: true,
  // Started copies of the workspace hold package.json files of the same names.
  modulePathIgnorePatterns: ['<rootDir>/.venv'],
  transform: {
    '\\.[cm]?ts$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        module: { type: 'commonjs' },
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
      },
    ],
  },
};
