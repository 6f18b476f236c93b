import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { ROOT } from './install.mjs';

/** New files too, before they are added. */
const files = (...patterns) =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...patterns], {
    cwd: ROOT,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((file) => file && existsSync(join(ROOT, file)));
const read = (file) => readFileSync(join(ROOT, file), 'utf8');
/** CHANGELOG.md repeats the subjects of commits. */
const PAGES = files('*.md', 'docs/**/*.md').filter((file) => !/^(flows\/|CHANGELOG\.md$)/.test(file));

/** Phrases that read as if they were translated, and what to write in their place. */
const BANNED = [
  [/[,(:] say(?= )/g, 'for example'],
  [/\bof which\b/g, 'a sentence of its own'],
  [/\bthose (that|which|of which)\b/g, 'the name of the things'],
  [/\bwhat it (holds|is called)\b/g, 'the name of the thing'],
  [/\bsaid so\b/g, 'a message says so'],
  [/\b(that|which) is none\b/g, 'is not a ...'],
  [/\bnothing of it\b/g, 'the name of the thing'],
  [/\banew\b/g, 'again'],
  [/\bheld against\b/g, 'compared with'],
];

/** Other words for the terms of docs/concepts.md. */
const OTHER_WORDS = [
  [/\bcode storage\b|\bartefacts? store\b/gi, 'code store'],
  [/\b0\.15 ?[-–] ?1\.x/g, '0.15 to 1.x'],
  [/\bshared (librar(y|ies))\b/gi, 'lib'],
  [/\bvirtualenvs?\b(?!\.)/gi, '.venv, or Python environment'],
  [/\bAPI server\b|\bPrefect backend\b/g, 'server'],
  [/\bownership (tag|label|marker)\b/gi, 'mark'],
  [/\bre-?regist(er|ration)/gi, 'registered again'],
  [/\b(de-?register|unregister)(s|ed)?\b/gi, 'prune'],
  [/\bflow package\b|\bflow module\b/gi, 'flow project'],
];

describe('documents', () => {
  it('lead to files and headings that exist', () => {
    const broken = PAGES.flatMap((page) =>
      [...read(page).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)]
        .filter(([, path, anchor]) => {
          const target = path ? join(dirname(page), path) : page;
          if (!existsSync(join(ROOT, target))) return true;
          return anchor !== undefined && !anchors(read(target)).has(anchor);
        })
        .map(([link]) => `${page}: ${link}`),
    );
    assert.deepEqual(broken, []);
  });

  it('use none of the phrases that read badly', () => {
    assert.ok(PAGES.length > 10);
    const found = PAGES.flatMap((page) => phrases(read(page)).map((phrase) => `${page}: ${phrase}`));
    assert.deepEqual(found, []);
  });

  it('use one word for each term of the glossary', () => {
    const glossary = read('docs/concepts.md');
    for (const term of ['flow project', 'lib', 'build', 'registration', 'mark', 'code store', 'server', 'environment'])
      assert.match(glossary, new RegExp(`^\\| \\*\\*.*${term}`, 'm'));
    const found = PAGES.flatMap((page) => phrases(read(page), OTHER_WORDS).map((phrase) => `${page}: ${phrase}`));
    assert.deepEqual(found, []);
  });

  it('and messages, descriptions of options and error codes use none either', () => {
    const sources = files('tools/nx-prefect/src/**/*.ts', 'tools/nx-prefect/python/**/*.py').filter(
      (file) => !file.endsWith('.spec.ts'),
    );
    assert.ok(sources.length > 100);
    const found = sources.flatMap((file) => phrases(messages(read(file))).map((phrase) => `${file}: ${phrase}`));
    assert.deepEqual(found, []);
  });

  it('the changelog begins with the version of the package', () => {
    const { version } = JSON.parse(read('tools/nx-prefect/package.json'));
    const [, newest] = /^## (\d+\.\d+\.\d+) - \d{4}-\d\d-\d\d$/m.exec(read('CHANGELOG.md'));
    assert.equal(newest, version);
  });

  it('the package has the licence of the repository', () => {
    assert.equal(read('tools/nx-prefect/LICENSE'), read('LICENSE'));
  });
});

function phrases(text, words = BANNED) {
  return words.flatMap(([pattern, better]) =>
    [...text.matchAll(pattern)].map(([phrase]) => `"${phrase.trim()}" (${better})`),
  );
}

/** What stands in quotes, but for Python's documentation strings. */
function messages(source) {
  const code = source.replace(/"""[\s\S]*?"""/g, '').replace(/^\s*(\*|\/\*\*|\/\/|#).*$/gm, '');
  return (code.match(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g) ?? []).join('\n');
}

/** As GitHub makes them of headings. */
function anchors(page) {
  return new Set(
    [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
      heading
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
}
