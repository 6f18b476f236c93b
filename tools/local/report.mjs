// What the suites' reports add up to, and how that is printed.
import { stripVTControlCharacters } from 'node:util';
import { say } from './say.mjs';

/** A test file that took so long has a row of its own. */
const SLOW_SECONDS = 10;

/**
 * @param {import('./suite.mjs').Report[]} reports
 * @param {number} since when this run began: older reports come from Nx's cache
 */
export function printTimes(reports, since) {
  const bySeconds = (one, other) => other.seconds - one.seconds;
  const rows = [...reports].sort(bySeconds).flatMap(({ name, seconds, at, failed, files }) => {
    const slow = files.length > 1 ? files.filter((file) => file.seconds >= SLOW_SECONDS).sort(bySeconds) : [];
    const notes = [at < since && 'cached', failed > 0 && `${failed} failed`].filter(Boolean);
    return [[name, seconds, notes.join(', ')], ...slow.map((file) => [`  ${file.name}`, file.seconds, ''])];
  });
  const width = Math.max(...rows.map(([name]) => name.length));
  say('\nSuites, the slowest first:');
  for (const [name, seconds, note] of rows)
    say(`  ${name.padEnd(width)}  ${String(seconds).padStart(4)} s  ${note}`.trimEnd());
}

/** Lines of a failure that are shown of its beginning and of its end. */
const SHOWN_LINES = 30;

/** The failures once more, where whoever reads the end of a long log finds them. */
export function printFailures(reports) {
  for (const { name: suite, failures } of reports)
    for (const { name, message } of failures) {
      const lines = stripVTControlCharacters(message).trimEnd().split('\n');
      const cut = lines.length - 2 * SHOWN_LINES;
      const shown = cut > 1 ? [...lines.slice(0, SHOWN_LINES), `(${cut} lines)`, ...lines.slice(-SHOWN_LINES)] : lines;
      say(`\nFailed: ${suite} › ${name}\n${shown.map((line) => `  ${line}`).join('\n')}`);
    }
}

/** Prints the line that CI reads. @returns the exit code */
export function printSum(reports) {
  const total = (name) => reports.reduce((sum, report) => sum + report[name], 0);
  const [passed, failed, skipped] = ['passed', 'failed', 'skipped'].map(total);
  if (passed + failed === 0) say('No test ran.');
  say(`\n${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
  return failed > 0 || passed === 0 ? 1 : 0;
}
