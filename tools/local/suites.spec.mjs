import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';
import { ROOT } from './install.mjs';
import { PROJECT, project } from './project.mjs';
import { jestCounts, junitCounts } from './suite.mjs';
import { chosen, SUITES } from './suites.mjs';

describe('the suites', () => {
  it('are the targets of tools/e2e/project.json; if not: node tools/local/project.mjs', () => {
    assert.deepEqual(JSON.parse(readFileSync(PROJECT, 'utf8')), project());
  });

  it('run every end-to-end test once', () => {
    const run = SUITES.flatMap(({ files }) => files ?? []);
    for (const file of run) assert.ok(existsSync(join(ROOT, file)), file);
    const there = readdirSync(join(ROOT, 'tools', 'e2e', 'src'), { recursive: true });
    assert.deepEqual(
      run.map((file) => basename(file)).sort(),
      there
        .filter((file) => file.endsWith('.e2e.ts'))
        .map((file) => basename(file))
        .sort(),
    );
  });

  it('are chosen by name, or by how their names begin; other words are left', () => {
    const names = (...words) => chosen(words).suites.map(({ name }) => name);
    assert.deepEqual(names('package'), ['package']);
    assert.deepEqual(names('graph', 'graph-model'), ['graph-model', 'graph-page']);
    assert.deepEqual(chosen(['contract', '-t', 'hit']).rest, ['-t', 'hit']);
  });
});

describe('counts', () => {
  it('of a suite that could not run: one failure', () => {
    assert.deepEqual(jestCounts(null, 1), { passed: 0, failed: 1, skipped: 0 });
    assert.deepEqual(junitCounts([], 0), { passed: 0, failed: 1, skipped: 0 });
  });

  it('name the tests that failed, and the files that could not run', () => {
    const file = { startTime: 0, endTime: 1000, message: '' };
    const { failures } = jestCounts(
      {
        numFailedTests: 1,
        testResults: [
          {
            ...file,
            name: 'a.ts',
            assertionResults: [{ status: 'failed', fullName: 'a b', failureMessages: ['1', '2'] }],
          },
          { ...file, name: 'src/b.ts', assertionResults: [], message: 'SyntaxError' },
          { ...file, name: 'c.ts', assertionResults: [{ status: 'passed' }] },
        ],
      },
      1,
    );
    assert.deepEqual(failures, [
      { name: 'a b', message: '1\n2' },
      { name: 'b.ts', message: 'SyntaxError' },
    ]);
  });

  it('of a run that ended badly without a failed test: one failure', () => {
    const nothing = { numFailedTests: 0, numRuntimeErrorTestSuites: 0, numPassedTests: 3, numPendingTests: 1 };
    assert.equal(jestCounts({ ...nothing, numTodoTests: 0, testResults: [] }, 1).failed, 1);
    const file = '<testsuites><testsuite name="pytest" errors="0" failures="0" skipped="1" tests="4">';
    assert.deepEqual(junitCounts([file], 1), { passed: 3, failed: 1, skipped: 1 });
    assert.deepEqual(junitCounts([file, file], 0), { passed: 6, failed: 0, skipped: 2 });
  });
});
