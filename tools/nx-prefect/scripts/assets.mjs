// Adds to the compiled code what tsc leaves out: every schema.json, the generators' templates, and the right to run
// the program. npm gives that right only where it links the program, and here tsc writes it after that.
import { chmodSync, cpSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const plugin = join(dirname(fileURLToPath(import.meta.url)), '..');

chmodSync(join(plugin, 'dist', 'cli', 'nx-prefect.js'), 0o755);

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
