import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { codeownersPattern, parseCodeowners } from './codeowners';

/** The example of GitHub's page "About code owners". */
const EXAMPLE = `# This is a comment.
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment.
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/* docs@example.com
apps/ @octocat
/scripts/ @doctocat @octocat
**/logs @octocat
/apps/github
`;

test.each([
  ['some/deep/file.rb', ['@global-owner1', '@global-owner2']],
  ['src/a.js', ['@js-owner']],
  ['build/logs/today.md', ['@octocat']],
  ['docs/start.md', ['docs@example.com']],
  ['docs/build-app/trouble.md', ['@global-owner1', '@global-owner2']],
  ['more/apps/x/y.js', ['@octocat']],
  ['scripts/run.sh', ['@doctocat', '@octocat']],
  ['more/scripts/run.sh', ['@global-owner1', '@global-owner2']],
  ['deep/logs/x/a.txt', ['@octocat']],
  ['apps/github/x.js', []],
])('%s is owned by %j', (file, owners) => expect(parseCodeowners(EXAMPLE)(file)).toEqual(owners));

test.each([
  ['* @all\n!*.py @x', ['@all']],
  ['* @all\n[a-z]* @x', ['@all']],
  ['* @all\n\\#a.py @x', ['@all']],
  ['* @all\n*.py somebody', ['@all']],
  ['', []],
  ['/a\\ b/ @x', []],
])('what GitHub calls wrong is skipped: %j', (text, owners) => expect(parseCodeowners(text)('a.py')).toEqual(owners));

test('a space in a path', () => expect(parseCodeowners('/a\\ b/ @x')('a b/c.py')).toEqual(['@x']));

test("GitLab's sections each have a last line that counts, and default owners", () => {
  const ownersOf = parseCodeowners(
    '* @all\n[Data] @data\n/flows/\n/flows/secret/ @safe\n^[Python][2] @py\n*.py\n[DATA]\n/flows/p/ @late @@maintainer',
  );
  expect(ownersOf('flows/x/a.py')).toEqual(['@all', '@data', '@py']);
  expect(ownersOf('flows/secret/a.sql')).toEqual(['@all', '@safe']);
  expect(ownersOf('flows/p/a.sql')).toEqual(['@all', '@late', '@@maintainer']);
});

const segment = fc.constantFrom('a', 'b', 'ab', 'a.b', '{a,b}', 'a+b', '(a)');
const path = fc.array(segment, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'));
const pattern = fc
  .tuple(
    fc.constantFrom('', '/'),
    fc.array(fc.oneof(segment, fc.constantFrom('*', '**', '?', 'a*', '*b', '**.b')), { minLength: 1, maxLength: 4 }),
    fc.constantFrom('', '/'),
  )
  .map(([start, parts, end]) => `${start}${parts.join('/')}${end}`)
  // There CODEOWNERS differs from .gitignore.
  .filter((each) => !each.endsWith('/*'));

test('the last line that matches counts, whether it has wildcards or not', () => {
  fc.assert(
    fc.property(fc.array(pattern, { minLength: 1, maxLength: 8 }), path, (lines, file) => {
      const last = lines.findLastIndex((line) => codeownersPattern(line).test(file));
      expect(parseCodeowners(lines.map((line, at) => `${line} @${at}`).join('\n'))(file)).toEqual(
        last < 0 ? [] : [`@${last}`],
      );
    }),
    { numRuns: 1000 },
  );
});

test('patterns reach what the same lines of a .gitignore reach', () => {
  const root = mkdtempSync(join(tmpdir(), 'codeowners-'));
  try {
    execFileSync('git', ['init', '--quiet', root]);
    let reached = 0;
    fc.assert(
      fc.property(pattern, fc.uniqueArray(path, { minLength: 30, maxLength: 30 }), (line, paths) => {
        writeFileSync(join(root, '.gitignore'), `${line}\n`);
        const ignored = checkIgnore(root, paths);
        reached += ignored.length;
        expect([line, ...paths.filter((each) => codeownersPattern(line).test(each))]).toEqual([line, ...ignored]);
      }),
      { numRuns: 100 },
    );
    expect(reached).toBeGreaterThan(200);
  } finally {
    rmSync(root, { recursive: true });
  }
}, 120_000);

/** Git ends with 1 where it ignores none. */
function checkIgnore(root: string, paths: string[]): string[] {
  try {
    return execFileSync('git', ['-c', 'core.excludesFile=', 'check-ignore', '--no-index', '--stdin'], {
      cwd: root,
      input: paths.join('\n'),
      encoding: 'utf8',
    })
      .trim()
      .split('\n');
  } catch (error) {
    if ((error as { status?: number }).status === 1) return [];
    throw error;
  }
}
