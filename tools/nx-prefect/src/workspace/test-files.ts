import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isTestModule } from './tests';

const PASSED_OVER = new Set(['__pycache__', 'node_modules', 'dist', 'venv']);

/** Modules with tests in a folder and the folders below it, relative to it with slashes, sorted. */
export function testFiles(folder: string, below = ''): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true })
    .flatMap((entry) => {
      const path = below ? `${below}/${entry.name}` : entry.name;
      if (!entry.isDirectory()) return isTestModule(entry.name) ? [path] : [];
      return entry.name.startsWith('.') || PASSED_OVER.has(entry.name) ? [] : testFiles(folder, path);
    })
    .sort();
}
