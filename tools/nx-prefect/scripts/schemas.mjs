// Writes every schema.json and the pages of docs/reference from their definitions, in compiled form:
// npm run build && npm run schemas.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const plugin = join(dirname(fileURLToPath(import.meta.url)), '..');
const { schemaJson } = require('../dist/options/schema-json.js');
const { SCHEMA_FILES } = require('../dist/options/schema-files.js');
const { errorsPage } = require('../dist/core/errors-page.js');
const { optionsPage } = require('../dist/options/options-page.js');

/** Pages by name. */
const PAGES = { errors: errorsPage, options: optionsPage };

for (const [folder, definition] of Object.entries(SCHEMA_FILES)) {
  writeFileSync(join(plugin, 'src', folder, 'schema.json'), schemaJson(definition));
  console.log(`src/${folder}/schema.json`);
}

const reference = join(plugin, '..', '..', 'docs', 'reference');
mkdirSync(reference, { recursive: true });
for (const [name, page] of Object.entries(PAGES)) {
  writeFileSync(join(reference, `${name}.md`), page());
  console.log(`docs/reference/${name}.md`);
}
