import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const PASSED_OVER = new Set(['__pycache__', 'node_modules', 'dist', 'venv']);

/** pytest's own patterns, and the `tests.py` of a flow's folder, which pytest finds only when it is named. */
function isTestFile(name: string): boolean {
  return name === 'tests.py' || /^test_.*\.py$/.test(name) || name.endsWith('_test.py');
}

/** Test files of a folder and the folders below it, relative to it with slashes, sorted. */
export function testFiles(folder: string, below = ''): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true })
    .flatMap((entry) => {
      const path = below ? `${below}/${entry.name}` : entry.name;
      if (!entry.isDirectory()) return isTestFile(entry.name) ? [path] : [];
      return entry.name.startsWith('.') || PASSED_OVER.has(entry.name) ? [] : testFiles(folder, path);
    })
    .sort();
}
