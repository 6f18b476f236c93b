// Puts beside the compiled code what tsc leaves out: every schema.json and the generators' templates.
import { cpSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const plugin = join(dirname(fileURLToPath(import.meta.url)), '..');

for (const kind of ['executors', 'generators']) {
  for (const entry of readdirSync(join(plugin, 'src', kind), { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    for (const asset of readdirSync(join(plugin, 'src', kind, entry.name)).filter(
      (name) => name === 'schema.json' || name === 'files',
    )) {
      cpSync(join(plugin, 'src', kind, entry.name, asset), join(plugin, 'dist', kind, entry.name, asset), {
        recursive: true,
      });
    }
  }
}
