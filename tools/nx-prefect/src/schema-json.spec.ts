import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type SchemaDefinition, schemaJson } from './schema-json';

const folders = ['executors', 'generators'].flatMap((kind) =>
  readdirSync(join(__dirname, kind))
    .map((name) => join(kind, name))
    .filter((folder) => existsSync(join(__dirname, folder, 'schema.ts'))),
);

describe.each(folders)('%s/schema.json', (folder) => {
  const definition = jest.requireActual<SchemaDefinition>(`./${folder}/schema`);
  const text = schemaJson(definition);

  it('is what schema.ts says; if not: npm run build -w nx-prefect && npm run schemas -w nx-prefect', () => {
    expect(readFileSync(join(__dirname, folder, 'schema.json'), 'utf8')).toBe(text);
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
