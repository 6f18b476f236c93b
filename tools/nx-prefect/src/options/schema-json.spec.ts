import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../core/package-root';
import { SCHEMA_FILES } from './schema-files';
import { schemaJson } from './schema-json';

const SOURCES = join(PACKAGE_ROOT, 'src');

it('every executor and generator has its options here', () => {
  const folders = ['executors', 'generators'].flatMap((kind) =>
    readdirSync(join(SOURCES, kind)).map((name) => `${kind}/${name}`),
  );
  expect(folders.filter((folder) => existsSync(join(SOURCES, folder, 'schema.json')))).toEqual(
    Object.keys(SCHEMA_FILES),
  );
});

describe.each(Object.entries(SCHEMA_FILES))('%s/schema.json', (folder, definition) => {
  const text = schemaJson(definition);

  it('is what its definition says; if not: npm run build -w nx-prefect && npm run schemas -w nx-prefect', () => {
    expect(readFileSync(join(SOURCES, folder, 'schema.json'), 'utf8')).toBe(text);
  });

  it('describes every option, since --help prints "undefined" for one without a description', () => {
    const { properties } = JSON.parse(text) as { properties: Record<string, { description?: string }> };
    const silent = Object.keys(properties).filter((name) => !properties[name]?.description);
    expect(silent).toEqual([]);
  });

  it('lets unknown options pass, since Nx would fail a whole batch for one', () => {
    expect(JSON.parse(text)).not.toHaveProperty('additionalProperties');
  });
});
