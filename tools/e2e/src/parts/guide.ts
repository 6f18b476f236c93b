import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './workspace';

/** What a page tells its reader to do. */
export type Step = { command: string } | { file: string; content: string };

/**
 * The steps of a page in their order: each line of its `shell` blocks without its comment, and each block that names a
 * file behind its language.
 */
export function stepsOf(page: string): Step[] {
  const blocks = readFileSync(join(ROOT, page), 'utf8').matchAll(/^```(\w+)(?: (\S+))?\n(.*?)^```$/gms);
  return [...blocks].flatMap(([, language, file, content = '']): Step[] => {
    if (file !== undefined) return [{ file, content }];
    return language === 'shell' ? commandsIn(content).map((command) => ({ command })) : [];
  });
}

/** The commands of a page that begin so, in its blocks, tables and sentences, each once. */
export function commandsOf(page: string, start: RegExp): string[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const inline = [...text.matchAll(/`([^`\n]+)`/g)].map(([, word = '']) => word);
  const typed = stepsOf(page).flatMap((step) => ('command' in step ? [step.command] : []));
  return [...new Set([...inline, ...typed])].filter((command) => start.test(command));
}

function commandsIn(block: string): string[] {
  return block
    .split('\n')
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter(Boolean);
}
