// Part of `npm run lint`: the formatter breaks code at 120 columns, but neither strings nor comments.
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { capture } from './command.mjs';
import { ROOT } from './install.mjs';
import { main, Problem } from './say.mjs';

const COLUMNS = 120;
const PATTERNS = ['*.ts', '*.mjs', '*.cjs', '*.py'];

await main(async () => {
  // New files too, before they are added.
  const listed = ['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { code, stdout, stderr } = await capture([...listed, '--', ...PATTERNS], { cwd: ROOT });
  if (code !== 0)
    throw new Problem({ what: 'git cannot list the files.', next: 'Run this in a clone.', detail: stderr });
  const found = stdout.split('\0').filter(Boolean).flatMap(longLines);
  for (const place of found) console.error(`${place}: longer than ${COLUMNS} columns`);
  return found.length > 0 ? 1 : 0;
});

/** `path:line` of each line that is too long. */
function longLines(path) {
  return readFileSync(join(ROOT, path), 'utf8')
    .split(/\r?\n/)
    .flatMap((line, at) => (line.length > COLUMNS ? [`${path}:${at + 1}`] : []));
}
