import type { GraphQLFieldResolver } from 'graphql';
import type { Store } from '../data/store';
import { type AnyRow, isTable, type TableName } from '../data/tables';
import { mutate } from '../rules/resolvers';
import { follow, type Selection, select } from './select';

export interface Context {
  store: Store;
  /** The tenant of the API key; null where no key is asked for. */
  tenantId: string | null;
}

const NAME = 'prefect1-server';
const HELLO = `👋 from ${NAME}, a development server for tests and local trials. This is not Prefect Server.`;

/** One resolver for every field: the schema is made from the tables. */
export const resolveField: GraphQLFieldResolver<AnyRow, Context, Record<string, unknown>> = (
  source,
  args,
  { store, tenantId },
  { parentType, fieldName },
) => {
  if (parentType.name === 'Mutation') return mutate(store, fieldName, args['input']);
  if (parentType.name === 'Query') return root(store, tenantId, fieldName, args);
  if (!isTable(parentType.name)) return source[fieldName];
  const aggregate = fieldName.endsWith('_aggregate');
  const found = follow(
    store,
    parentType.name,
    source,
    aggregate ? fieldName.slice(0, -'_aggregate'.length) : fieldName,
  );
  if (!found) return source[fieldName];
  if (!found.many) return found.rows[0] ?? null;
  const rows = select(store, found.table, args as Selection, found.rows);
  return aggregate ? aggregated(rows) : rows;
};

function root(store: Store, tenantId: string | null, fieldName: string, args: Record<string, unknown>): unknown {
  if (fieldName === 'hello') return HELLO;
  if (fieldName === 'api')
    return {
      backend: tenantId ? 'CLOUD' : 'SERVER',
      mode: 'development',
      version: NAME,
      core_version: null,
      release_timestamp: null,
    };
  if (fieldName === 'auth_info') return { tenant_id: tenantId, user_id: null, api_token_scope: null };
  if (isTable(fieldName)) return select(store, fieldName, args as Selection);
  const [, table, kind] = /^(.*)_(aggregate|by_pk)$/.exec(fieldName) as unknown as [string, TableName, string];
  return kind === 'by_pk'
    ? (store.get(table, args['id'] as string) ?? null)
    : aggregated(select(store, table, args as Selection));
}

function aggregated(rows: AnyRow[]): unknown {
  return { aggregate: { count: rows.length }, nodes: rows };
}
