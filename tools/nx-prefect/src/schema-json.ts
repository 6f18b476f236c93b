import { z } from 'zod';

/** What a schema.ts exports, for executors and generators alike. */
export interface SchemaDefinition {
  title: string;
  description: string;
  schema: z.ZodType;
}

/**
 * The text of the schema.json that Nx reads, for `--help` and for Nx's own checks. Unknown properties stay allowed: Nx
 * fails a whole batch for one, without a name, so the executors check strictly themselves, a task at a time.
 */
export function schemaJson({ title, description, schema }: SchemaDefinition): string {
  const { $schema, type, properties, required } = z.toJSONSchema(schema, { io: 'input' });
  return `${JSON.stringify({ $schema, title, description, type, properties, ...(required ? { required } : {}) }, null, 2)}\n`;
}
