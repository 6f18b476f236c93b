import { failureOf } from '../core/errors';
import { changeLines } from './change-lines';
import { ACTIONS } from './result';
import { type Row, rowsOf } from './rows';
import { oneLine } from './style';
import { type Run, countsText, serverText, serversOf, warningsOf } from './summary';

/** A summary for a comment on a pull request or the page of a CI run. Flows with nothing to do are only counted. */
export function markdown({ verb, reported, seconds }: Run): string {
  const rows = rowsOf(reported);
  const listed = rows.filter(({ action }) => action !== 'unchanged' && action !== 'in sync');
  const order = ({ action }: Row) => ACTIONS.indexOf(action);
  return [
    `### ${verb}: ${countsText(rows) || 'nothing'} (${seconds.toFixed(1)} s)`,
    '',
    ...serversOf(reported).map((server) => `Server: ${cell(serverText(server))}\n`),
    ...(listed.length > 0 ? ['| | flow | what |', '|---|---|---|'] : []),
    ...listed.sort((one, other) => order(one) - order(other)).map(line),
    ...(listed.length > 0 ? [''] : []),
    ...listed.flatMap(details),
    ...warningsOf(rows).map(({ text, titles }) => {
      const of = titles.length === 1 ? titles[0]! : `${titles.length} flows`;
      return `- ${cell(of)}: ${cell(text)}`;
    }),
    '',
  ].join('\n');
}

/** What would differ, to be unfolded. The fence is longer than any that a value could hold. */
function details({ title, changes = [] }: Row): string[] {
  const lines = changes.flatMap(changeLines);
  if (lines.length === 0) return [];
  const ticks =
    lines
      .join('\n')
      .match(/`+/g)
      ?.map((each) => each.length) ?? [];
  const fence = '`'.repeat(Math.max(3, ...ticks.map((length) => length + 1)));
  return [`<details><summary>${cell(title)}</summary>`, '', fence, ...lines, fence, '</details>', ''];
}

function line({ action, title, url, fields, details: more = [], error }: Row): string {
  const name = url === undefined ? cell(title) : `[${cell(title)}](${url})`;
  const what = error === undefined ? [...fields, ...more].map(cell).join(', ') : failure(error);
  return `| ${action} | ${name} | ${what} |`;
}

function failure(error: unknown): string {
  const { code, what, next, place } = failureOf(error);
  const at = place.file && `${place.file}${place.line ? `:${place.line}` : ''}: `;
  return `${cell(`${at ?? ''}${what} ${next}`)} \`${code}\``;
}

/** What others wrote, as text: no table, link, mention or HTML of its own. */
function cell(text: string): string {
  return oneLine(text).replace(/[\\`*_{}[\]<>|#@]/g, (character) => `&#${character.charCodeAt(0)};`);
}
