// Writes every schema.json from its definition, in compiled form: npm run build && npm run schemas.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const plugin = join(dirname(fileURLToPath(import.meta.url)), '..');
const { schemaJson } = require('../dist/options/schema-json.js');
const { SCHEMA_FILES } = require('../dist/options/schema-files.js');

for (const [folder, definition] of Object.entries(SCHEMA_FILES)) {
  writeFileSync(join(plugin, 'src', folder, 'schema.json'), schemaJson(definition));
  console.log(`src/${folder}/schema.json`);
}
