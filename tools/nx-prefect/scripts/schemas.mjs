// Writes schema.json beside every schema.ts, from its compiled form: npm run build && npm run schemas.
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const plugin = join(dirname(fileURLToPath(import.meta.url)), '..');
const { schemaJson } = require('../dist/schema-json.js');

for (const kind of ['executors', 'generators']) {
  for (const name of readdirSync(join(plugin, 'src', kind))) {
    const folder = join(kind, name);
    if (!existsSync(join(plugin, 'src', folder, 'schema.ts'))) continue;
    const definition = require(`../dist/${kind}/${name}/schema.js`);
    writeFileSync(join(plugin, 'src', folder, 'schema.json'), schemaJson(definition));
    console.log(`src/${kind}/${name}/schema.json`);
  }
}
