// execa 9 and what it loads are ES modules only; Jest's module system is CommonJS, so swc turns them too.
const ESM_ONLY = [
  '@sec-ant/readable-stream',
  '@sindresorhus/merge-streams',
  'execa',
  'figures',
  'get-stream',
  'human-signals',
  'is-plain-obj',
  'is-stream',
  'is-unicode-supported',
  'npm-run-path',
  'parse-ms',
  'path-key',
  'pretty-ms',
  'strip-final-newline',
  'unicorn-magic',
  'yoctocolors',
];

/** @type {import('jest').Config} */
module.exports = {
  displayName: 'nx-prefect',
  rootDir: __dirname,
  testEnvironment: 'node',
  setupFiles: ['<rootDir>/../local/jest-seed.cjs'],
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  moduleNameMapper: {
    // Its `exports` has a "node" condition only, which swc's CommonJS `require` in Jest asks for under another name.
    '^unicorn-magic$': '<rootDir>/../../node_modules/unicorn-magic/node.js',
    // Sources may write the extension that the compiled file has.
    '^(\\.{1,2}/.*)\\.js$': ['$1', '$1.js'],
  },
  transform: {
    '\\.[cm]?[jt]s$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        module: { type: 'commonjs' },
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
      },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(?:${ESM_ONLY.join('|')})/)`],
  coverageDirectory: '<rootDir>/../../coverage/nx-prefect',
};
