import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../core/package-root';
import { optionsPage } from './options-page';
import { SCHEMA_FILES } from './schema-files';
import { schemaJson } from './schema-json';

const page = optionsPage();

it('docs/reference/options.md is what the schemas say; if not: npm run build && npm run schemas -w nx-prefect', () => {
  expect(readFileSync(join(PACKAGE_ROOT, '..', '..', 'docs', 'reference', 'options.md'), 'utf8')).toBe(page);
});

it.each(Object.entries(SCHEMA_FILES))('has every option of %s', (_, definition) => {
  const { properties } = JSON.parse(schemaJson(definition)) as { properties: object };
  expect(Object.keys(properties).filter((name) => !page.includes(`| \`${name}\` | `))).toEqual([]);
});

it('has four cells in each row, and each says something', () => {
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));
  const cells = rows.map((line) => line.split(/(?<!\\)\|/).slice(1, -1));
  expect(rows.length).toBeGreaterThan(50);
  expect(cells.filter((row) => row.length !== 4 || row.some((cell) => cell.trim().length < 2))).toEqual([]);
});
