import { cleanText } from '../core/clean-text';
import { OWNER } from './codeowners';

/** Raise it when an answer changes: kept ones of unchanged files are then read again. */
export const README_VERSION = 2;

/** What a README says of its folder. */
export interface Readme {
  /** '' where it has no paragraph. */
  description: string;
  owners: string[];
}

export function readReadme(markdown: string): Readme {
  return { description: cleanText(firstParagraph(markdown) ?? ''), owners: namedOwners(markdown) };
}

/** The line `Owner: @team`, `- **Owners**: @a, b@example.com`. */
const OWNERS_LINE = /^[ \t]*(?:[-*+][ \t]+)?(?:\*\*|__)?owners?(?:\*\*|__)?[ \t]*:(?:\*\*|__)?[ \t]+(.*)$/im;

/**
 * Who owns what a Markdown text describes, by its own words: people and teams as in CODEOWNERS; none where it doesn't
 * say.
 */
export function namedOwners(markdown: string): string[] {
  const [, owners = ''] = OWNERS_LINE.exec(markdown) ?? [];
  return owners.split(/[\s,;`"'<>()[\]]|mailto:|\.(?=\s|$)/).filter((word) => OWNER.test(word));
}

/**
 * The first paragraph of a Markdown text as plain text, shortened to `limit` characters; undefined where there is none.
 */
export function firstParagraph(markdown: string, limit = 300): string | undefined {
  const text = markdown.replace(/^\uFEFF?---\r?\n[^]*?\r?\n---\r?\n/, '').replace(/<!--[^]*?-->/g, '');
  for (const block of text.split(/\r?\n[ \t]*(?:\r?\n)+/)) {
    const lines = block.split(/\r?\n/);
    const prose = lines.filter(
      (line, at) =>
        !isHeading(line, lines[at + 1]) && !/^\s*(?:=+|-{2,})\s*$/.test(line) && namedOwners(line).length === 0,
    );
    if (/^\s*(?:```|~~~|[-*+]\s|\d+\.\s|\||>)/.test(prose[0] ?? '')) continue;
    const plain = withoutMarkup(prose.join(' '));
    if (plain) return plain.length > limit ? `${plain.slice(0, limit - 1).trimEnd()}…` : plain;
  }
  return undefined;
}

function isHeading(line: string, next = ''): boolean {
  return /^\s{0,3}#{1,6}(?:\s|$)/.test(line) || (/\S/.test(line) && /^\s{0,3}(?:={2,}|-{2,})\s*$/.test(next));
}

function withoutMarkup(text: string): string {
  return text
    .replace(/\[?!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])(?:\]\([^)]*\))?/g, '')
    .replace(/\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])/g, '$1')
    .replace(/<\/?[A-Za-z][^>]*>/g, '')
    .replace(/(\*\*|__|`+)(.+?)\1/g, '$2')
    .replace(/(^|\W)[*_]([^*_]+)[*_](?=\W|$)/g, '$1$2')
    .replace(/\s+/g, ' ')
    .trim();
}
