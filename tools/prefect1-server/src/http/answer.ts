import type { IncomingHttpHeaders } from 'node:http';
import {
  type DocumentNode,
  execute,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import type { Store } from '../data/store';
import { resolveField } from '../query/resolve';
import { type Key, refusal } from './auth';
import { depthLimit } from './depth';
import type { Faults } from './faults';
import { operationOf, type Requests, rootFields } from './requests';

export interface Answer {
  status: number;
  body: { data?: unknown; errors?: readonly GraphQLFormattedError[] };
  headers?: Record<string, string>;
}

export interface Api {
  schema: GraphQLSchema;
  store: Store;
  faults: Faults;
  requests: Requests;
  key: Key | undefined;
}

interface Asked {
  query: string;
  variables: Record<string, unknown>;
  operationName: string | undefined;
}

/**
 * Answers one GraphQL request with the status and error codes of Apollo Server 2, which stands before the real server.
 */
export async function answer(api: Api, body: string, headers: IncomingHttpHeaders): Promise<Answer> {
  const asked = read(body);
  const document = asked && parsed(asked.query);
  const operation =
    document && !(document instanceof GraphQLError) ? operationOf(document, asked.operationName) : undefined;
  const fields = operation ? rootFields(operation) : [];
  api.requests.add(operation);
  const ordered = api.faults.take(fields);
  if (ordered?.kind === 'rate-limit')
    return {
      ...failed(429, 'Too many requests.', 'RATE_LIMITED'),
      headers: { 'Retry-After': String(ordered.retryAfter) },
    };
  // src/prefect_server/utilities/exceptions.py
  if (ordered?.kind === 'api-error')
    return failed(
      200,
      'Unable to complete operation. An internal API error occurred.',
      'API_ERROR',
      fields.slice(0, 1),
    );
  const refused = api.key && refusal(api.key, headers);
  // Status 200: only then does the real client look at the code, and raise an AuthorizationError.
  if (refused) return failed(200, refused, 'UNAUTHENTICATED', fields.slice(0, 1));
  if (!asked || !document)
    return failed(
      400,
      'POST body must be JSON with the text of a query and, if any, variables (an object, or its JSON as text).',
      'BAD_REQUEST',
    );
  if (document instanceof GraphQLError) return failed(400, document.message, 'GRAPHQL_PARSE_FAILED');
  const invalid = validate(api.schema, document, [...specifiedRules, depthLimit]);
  if (invalid.length > 0) return { status: 400, body: { errors: told(invalid) } };

  const { data, errors } = await execute({
    schema: api.schema,
    document,
    variableValues: asked.variables,
    operationName: asked.operationName,
    contextValue: { store: api.store, tenantId: api.key?.tenantId ?? null },
    fieldResolver: resolveField as never,
  });
  // Without `data` it was not executed: a variable has a wrong value.
  if (data === undefined)
    return { status: 400, body: { errors: (errors ?? []).map((error) => coded(error, 'BAD_USER_INPUT')) } };
  return {
    status: 200,
    body: { data, ...(errors ? { errors: errors.map((error) => coded(error, 'INTERNAL_SERVER_ERROR')) } : {}) },
  };
}

function read(body: string): Asked | undefined {
  try {
    const { query, variables, operationName } = JSON.parse(body) as Record<string, unknown>;
    const values: unknown = typeof variables === 'string' ? JSON.parse(variables || 'null') : variables;
    if (typeof query !== 'string' || typeof (values ?? {}) !== 'object') return undefined;
    return {
      query,
      variables: (values ?? {}) as Record<string, unknown>,
      operationName: typeof operationName === 'string' ? operationName : undefined,
    };
  } catch {
    return undefined;
  }
}

function parsed(query: string): DocumentNode | GraphQLError {
  try {
    return parse(query);
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}

/**
 * What the real server has and this one doesn't is a field that the schema lacks: the reader should know why, and that
 * alone.
 */
function told(invalid: readonly GraphQLError[]): GraphQLFormattedError[] {
  const errors = invalid.map((error) => coded(error, 'GRAPHQL_VALIDATION_FAILED'));
  const lacking = errors.filter(({ message }) => /^Cannot query field "\w+" on type "(Query|Mutation)"/.test(message));
  const why = 'This is a development server: it keeps registrations, and runs nothing.';
  return lacking.length > 0 ? lacking.map((error) => ({ ...error, message: `${error.message} ${why}` })) : errors;
}

function coded(error: GraphQLError, code: string): GraphQLFormattedError {
  const formatted = error.toJSON();
  return { ...formatted, extensions: { ...formatted.extensions, code } };
}

function failed(status: number, message: string, code: string, path?: string[]): Answer {
  return {
    status,
    body: {
      errors: [{ message, ...(path ? { path } : {}), extensions: { code } }],
      ...(status === 200 ? { data: null } : {}),
    },
  };
}
