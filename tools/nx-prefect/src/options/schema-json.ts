import { z } from 'zod';

/** What a schema.ts exports, for executors and generators alike. */
export interface SchemaDefinition {
  title: string;
  description: string;
  schema: z.ZodType;
}

/** What else Nx lets through for a type: `--deploymentName=3` is a number to it, and `--tags=3` no list. */
const ALSO: Record<string, string[]> = {
  string: ['number', 'boolean'],
  number: ['string'],
  boolean: ['string'],
  array: ['string', 'number'],
  object: ['string'],
};

/**
 * The rest: an option given twice is a list, and a file may say null. An editor sees no more than null in it, but Nx
 * reads the list.
 */
const REST = ['string', 'number', 'boolean', 'array', 'object', 'null'];

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
      const named = [...new Set((own.length > 0 ? own : ['string']).flatMap((one) => [one, ...(ALSO[one] ?? [])]))];
      const rest = REST.filter((one) => !named.includes(one));
      const types = [
        ...named.map((one) => ({ type: one })),
        { type: 'null', anyOf: rest.map((one) => ({ type: one })) },
      ];
      // `--help` shows no defaults beside oneOf.
      const text = value && typeof value !== 'object' ? `${description} Default: ${String(value)}.` : description;
      return [name, { ...wordsOfNx(more), description: text, oneOf: types }];
    }),
  );
}

/** `$default` takes an option from the first word without a name, `x-prompt` asks for it. */
function wordsOfNx(property: object): object {
  return Object.fromEntries(Object.entries(property).filter(([key]) => key === '$default' || key.startsWith('x-')));
}
