import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './workspace';

/** What a page tells its reader to do. */
export type Step = { command: string } | { file: string; content: string };

/**
 * The steps of a page in their order: each line of its `shell` blocks without its comment, and each block that names a
 * file behind its language.
 */
export function stepsOf(page: string): Step[] {
  const blocks = readFileSync(join(ROOT, page), 'utf8').matchAll(/^ *```(\w+)(?: (\S+))?\n(.*?)^ *```$/gms);
  return [...blocks].flatMap(([, language, file, content = '']): Step[] => {
    if (file !== undefined) return [{ file, content }];
    return language === 'shell' ? commandsIn(content).map((command) => ({ command })) : [];
  });
}

/** What a page's `<flow>` and `<project>` stand for in this repository. */
const NAMES: Record<string, string> = { '<flow>': 'project_1-flow1', '<project>': 'prefect-flows' };

/** The commands of pages that call Nx or the plugin, in blocks, tables and sentences, each once. */
export function commandsOf(...pages: string[]): string[] {
  const found = pages.flatMap((page) => {
    const text = readFileSync(join(ROOT, page), 'utf8');
    const inline = [...text.matchAll(/`([^`\n]+)`/g)].map(([, word = '']) => word);
    return [...inline, ...stepsOf(page).flatMap((step) => ('command' in step ? [step.command] : []))];
  });
  const named = found.map((command) => command.replace(/<(flow|project)>/g, (name) => NAMES[name] ?? name));
  return [...new Set(named)].filter((command) => /^npx nx(-prefect)? /.test(command));
}

/** README.md and the guides, but the one from an empty folder on, which package.e2e.ts follows. */
export function guides(): string[] {
  const pages = readdirSync(join(ROOT, 'docs')).filter((file) => file.endsWith('.md') && file !== 'getting-started.md');
  return ['README.md', ...pages.map((file) => `docs/${file}`)];
}

/** For flows of Prefect 0.15: prefect1-register.e2e.ts. */
export const OF_PREFECT_1 = 'docs/from-scripts.md';
/** Needs a registry of images: docker-deploy.e2e.ts. */
export const DEPLOYS_IMAGES = /:docker-deploy( --dryRun)?$| -t docker-deploy/;
/** Opens a page, and goes on until it is stopped: graph-page.e2e.ts. */
export const OPENS_A_PAGE = /^npx nx graph| --web$/;
/** For a terminal, or for a repository without Nx or workflows: daily.e2e.ts, package.e2e.ts, the generators' specs. */
export const ASKS = /^npx nx-prefect (prune|init)|^npx nx (add|g nx-prefect:ci)/;

function commandsIn(block: string): string[] {
  return block
    .split('\n')
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter(Boolean);
}
