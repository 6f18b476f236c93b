import { buildSchema, GraphQLError, type GraphQLScalarType, type GraphQLSchema } from 'graphql';
import { TABLE_NAMES, type TableName, tableOf } from '../data/tables';
import { MUTATIONS } from '../rules/mutations';

const SCALARS = ['uuid', 'jsonb', 'timestamptz', 'interval', 'UUID', 'JSON', 'DateTime'];
/** By scalar: the comparisons that clients use. */
const COMPARED = ['uuid', 'jsonb', 'timestamptz', 'interval', 'String', 'Int', 'Boolean'];
const TEXT = '_like: String _ilike: String';

/** What Hasura makes of the tables, and the real server's own queries and mutations. */
export function serverSchema(): GraphQLSchema {
  const schema = buildSchema(
    [
      ...SCALARS.map((name) => `scalar ${name}`),
      COMMON,
      ...COMPARED.map(comparisons),
      ...TABLE_NAMES.map(tableTypes),
      query(),
      MUTATIONS,
    ].join('\n'),
  );
  for (const name of ['uuid', 'UUID'])
    Object.assign(scalar(schema, name), {
      parseValue: uuid,
      parseLiteral: (node: { value?: unknown }) => uuid(node.value),
    });
  // src/prefect_server/graphql/scalars.py: a literal must be a string that holds JSON.
  Object.assign(scalar(schema, 'JSON'), {
    parseLiteral: (node: { value?: unknown }) => JSON.parse(String(node.value)) as unknown,
  });
  return schema;
}

const COMMON = `
enum order_by { asc asc_nulls_first asc_nulls_last desc desc_nulls_first desc_nulls_last }
type api_info { backend: String mode: String version: String core_version: String release_timestamp: String }
type auth_info { tenant_id: UUID user_id: UUID api_token_scope: String }
`;

function query(): string {
  const tables = TABLE_NAMES.map((name) => `${rows(name, name)} ${name}_by_pk(id: uuid!): ${name}`);
  return `type Query { hello: String api: api_info auth_info: auth_info ${tables.join('\n')} }`;
}

function tableTypes(name: TableName): string {
  const { columns, one, many } = tableOf(name);
  const ones = Object.entries(one);
  const manys = Object.entries(many);
  return `
type ${name} {
  ${Object.entries(columns)
    .map(([column, type]) => `${column}: ${type}`)
    .join('\n  ')}
  ${ones.map(([relation, { table }]) => `${relation}: ${table}`).join('\n  ')}
  ${manys.map(([relation, { table }]) => rows(relation, table)).join('\n  ')}
}
type ${name}_aggregate { aggregate: ${name}_aggregate_fields nodes: [${name}!]! }
type ${name}_aggregate_fields { count: Int! }
enum ${name}_select_column { ${Object.keys(columns).join(' ')} }
input ${name}_order_by {
  ${Object.keys(columns)
    .map((column) => `${column}: order_by`)
    .join('\n  ')}
  ${ones.map(([relation, { table }]) => `${relation}: ${table}_order_by`).join('\n  ')}
}
input ${name}_bool_exp {
  _and: [${name}_bool_exp!] _or: [${name}_bool_exp!] _not: ${name}_bool_exp
  ${Object.entries(columns)
    .map(([column, type]) => `${column}: ${type.replace('!', '')}_comparison_exp`)
    .join('\n  ')}
  ${[...ones, ...manys].map(([relation, { table }]) => `${relation}: ${table}_bool_exp`).join('\n  ')}
}`;
}

/** The fields of a type that give rows of a table, and their aggregate. */
function rows(field: string, table: string): string {
  const args =
    `where: ${table}_bool_exp order_by: [${table}_order_by!] ` +
    `distinct_on: [${table}_select_column!] limit: Int offset: Int`;
  return `${field}(${args}): [${table}!]! ${field}_aggregate(${args}): ${table}_aggregate!`;
}

function comparisons(type: string): string {
  const same = ['_eq', '_neq', '_gt', '_gte', '_lt', '_lte'].map((operator) => `${operator}: ${type}`).join(' ');
  const more = type === 'String' ? TEXT : '';
  return `input ${type}_comparison_exp { ${same} _in: [${type}!] _nin: [${type}!] _is_null: Boolean ${more} }`;
}

function scalar(schema: GraphQLSchema, name: string): GraphQLScalarType {
  return schema.getType(name) as GraphQLScalarType;
}

function uuid(value: unknown): string {
  if (typeof value === 'string' && isUuid(value)) return value.toLowerCase();
  throw new GraphQLError(`Could not parse UUID: ${String(value)}`);
}

export function isUuid(text: string): boolean {
  return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text);
}
