import { z } from 'zod';

/** What a schema.ts exports, for executors and generators alike. */
export interface SchemaDefinition {
  title: string;
  description: string;
  schema: z.ZodType;
}

/** An option given twice is a list, and a file may say null. */
const ANY = ['string', 'number', 'boolean', 'array', 'object', 'null'];

/**
 * The text of the schema.json that Nx reads, for `--help` and for Nx's own checks. It allows unknown properties and
 * other types: Nx fails a whole batch for one bad option, without a name, so the executors check strictly themselves, a
 * task at a time. It sets no defaults for the same reason: the executors do, for the target that has the option.
 */
export function schemaJson({ title, description, schema }: SchemaDefinition): string {
  const { $schema, type, properties, required } = z.toJSONSchema(schema, { io: 'input' });
  const text = {
    $schema,
    title,
    description,
    type,
    properties: permissive(properties ?? {}),
    ...(required ? { required } : {}),
  };
  return `${JSON.stringify(text, null, 2)}\n`;
}

function permissive(properties: Record<string, z.core.JSONSchema._JSONSchema>): Record<string, object> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => {
      const { description, type, anyOf = [], default: value, ...more } = property as z.core.JSONSchema.JSONSchema;
      const own = type === undefined ? anyOf.flatMap((each) => (each as { type?: string }).type ?? []) : [String(type)];
      const [first = 'string'] = own;
      // A default of the schema would reach every target: it is said only.
      const said = /\bDefault:/.test(description ?? '') || !value || typeof value === 'object';
      const text = said ? description : `${description} Default: ${String(value)}.`;
      const choices = (property as z.core.JSONSchema.JSONSchema).enum;
      // `--help` shows the first type; Nx and editors check by the others.
      const types = { type: first, anyOf: ANY.map((one) => ({ type: one })), ...(choices ? { enum: choices } : {}) };
      return [name, { ...wordsOfNx(more), description: text, ...types }];
    }),
  );
}

/** `$default` takes an option from the first word without a name, `x-prompt` asks for it. */
function wordsOfNx(property: object): object {
  return Object.fromEntries(Object.entries(property).filter(([key]) => key === '$default' || key.startsWith('x-')));
}
