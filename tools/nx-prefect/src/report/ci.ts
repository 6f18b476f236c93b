import { failureOf } from '../core/errors';
import { warningsOf } from './summary';
import type { Row } from './rows';
import { oneLine } from './style';

/** What a CI system makes of lines in a log: groups that fold, and marks at lines of source. */
export interface Ci {
  /** @param seconds Unix time, which only some want */
  group(name: string, title: string, lines: string[], seconds: number): string[];
  annotations(rows: readonly Row[]): string[];
}

export function ciOf(env: NodeJS.ProcessEnv): Ci | undefined {
  if (env['GITHUB_ACTIONS'] === 'true') return GITHUB;
  return env['GITLAB_CI'] === 'true' ? GITLAB : undefined;
}

const GITHUB: Ci = {
  group: (_name, title, lines) => [`::group::${title}`, ...lines, '::endgroup::'],
  annotations: (rows) => [
    ...rows.filter(({ action }) => action === 'failed').map(annotation),
    ...warningsOf(rows)
      .filter(({ text }) => text.startsWith('Warning: '))
      .map(({ text, titles }) => `::warning title=${property(titles.slice(0, 3).join(', '))}::${data(text.slice(9))}`),
  ],
};

const GITLAB: Ci = {
  group: (name, title, lines, seconds) => [
    `\u001b[0Ksection_start:${seconds}:${name}[collapsed=false]\r\u001b[0K${title}`,
    ...lines,
    `\u001b[0Ksection_end:${seconds}:${name}\r\u001b[0K`,
  ],
  annotations: () => [],
};

function annotation({ title, error }: Row): string {
  const { code, what, next, place } = failureOf(error);
  const properties = {
    ...(place.file === undefined ? {} : { file: place.file }),
    ...(place.line === undefined ? {} : { line: String(place.line) }),
    title: `${title}: ${code}`,
  };
  const words = Object.entries(properties).map(([name, value]) => `${name}=${property(value)}`);
  return `::error ${words.join(',')}::${data(`${what} ${next}`)}`;
}

/** As `@actions/core` escapes them. */
function data(text: string): string {
  return oneLine(text).replace(/%/g, '%25');
}

function property(text: string): string {
  return data(text).replace(/:/g, '%3A').replace(/,/g, '%2C');
}
