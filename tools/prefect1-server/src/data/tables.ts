// The tables that clients see, with the columns, relations and constraints of the real server's database
// (PrefectHQ/server, services/postgres/alembic/versions and services/hasura/migrations/metadata.yaml).

/** A column's type as Hasura names it; `!` for NOT NULL. */
type ColumnType =
  | 'uuid!'
  | 'uuid'
  | 'String!'
  | 'String'
  | 'Int!'
  | 'Int'
  | 'Boolean!'
  | 'jsonb!'
  | 'jsonb'
  | 'timestamptz!'
  | 'timestamptz'
  | 'interval';

interface Table {
  columns: Record<string, ColumnType>;
  /** Relation to one row: the other table, and this table's column that holds its id. Rows go when that row goes. */
  one: Record<string, { table: string; by: string }>;
  /** Relation to many rows: the other table, and its column that holds this row's id. */
  many: Record<string, { table: string; by: string }>;
  unique?: readonly (readonly string[])[];
  /** Looked up by, besides these. */
  indexed?: readonly string[];
}

const EVERY = { id: 'uuid!', created: 'timestamptz!', updated: 'timestamptz!' } as const;
const TENANT = { table: 'tenant', by: 'tenant_id' } as const;

export const TABLES = {
  tenant: {
    columns: { ...EVERY, name: 'String!', slug: 'String!', info: 'jsonb', settings: 'jsonb!' },
    one: {},
    many: {
      projects: { table: 'project', by: 'tenant_id' },
      flows: { table: 'flow', by: 'tenant_id' },
      flow_groups: { table: 'flow_group', by: 'tenant_id' },
    },
    unique: [['slug']],
  },
  project: {
    columns: { ...EVERY, tenant_id: 'uuid!', name: 'String!', description: 'String' },
    one: { tenant: TENANT },
    many: { flows: { table: 'flow', by: 'project_id' } },
    unique: [['tenant_id', 'name']],
  },
  flow_group: {
    columns: {
      ...EVERY,
      tenant_id: 'uuid!',
      name: 'String',
      description: 'String',
      labels: 'jsonb',
      schedule: 'jsonb',
      settings: 'jsonb!',
      default_parameters: 'jsonb!',
      run_config: 'jsonb',
    },
    one: { tenant: TENANT },
    many: { flows: { table: 'flow', by: 'flow_group_id' } },
    indexed: ['name'],
  },
  flow: {
    columns: {
      ...EVERY,
      tenant_id: 'uuid!',
      project_id: 'uuid!',
      flow_group_id: 'uuid!',
      version_group_id: 'String',
      version: 'Int!',
      name: 'String!',
      description: 'String',
      archived: 'Boolean!',
      core_version: 'String',
      serialized_flow: 'jsonb',
      environment: 'jsonb',
      run_config: 'jsonb',
      storage: 'jsonb',
      parameters: 'jsonb',
      settings: 'jsonb!',
      schedule: 'jsonb',
      is_schedule_active: 'Boolean!',
    },
    one: {
      tenant: TENANT,
      project: { table: 'project', by: 'project_id' },
      flow_group: { table: 'flow_group', by: 'flow_group_id' },
    },
    many: {
      tasks: { table: 'task', by: 'flow_id' },
      edges: { table: 'edge', by: 'flow_id' },
      flow_runs: { table: 'flow_run', by: 'flow_id' },
    },
    indexed: ['name', 'version_group_id'],
  },
  task: {
    columns: {
      ...EVERY,
      tenant_id: 'uuid',
      flow_id: 'uuid!',
      name: 'String',
      slug: 'String',
      description: 'String',
      type: 'String',
      max_retries: 'Int',
      retry_delay: 'interval',
      trigger: 'String',
      tags: 'jsonb!',
      mapped: 'Boolean!',
      auto_generated: 'Boolean!',
      cache_key: 'String',
      is_root_task: 'Boolean!',
      is_terminal_task: 'Boolean!',
      is_reference_task: 'Boolean!',
    },
    one: { flow: { table: 'flow', by: 'flow_id' } },
    many: {
      upstream_edges: { table: 'edge', by: 'downstream_task_id' },
      downstream_edges: { table: 'edge', by: 'upstream_task_id' },
    },
    unique: [['flow_id', 'slug']],
  },
  edge: {
    columns: {
      ...EVERY,
      tenant_id: 'uuid',
      flow_id: 'uuid!',
      upstream_task_id: 'uuid!',
      downstream_task_id: 'uuid!',
      key: 'String',
      mapped: 'Boolean!',
    },
    one: {
      flow: { table: 'flow', by: 'flow_id' },
      upstream_task: { table: 'task', by: 'upstream_task_id' },
      downstream_task: { table: 'task', by: 'downstream_task_id' },
    },
    many: {},
  },
  flow_run: {
    columns: {
      ...EVERY,
      tenant_id: 'uuid!',
      flow_id: 'uuid!',
      name: 'String',
      labels: 'jsonb!',
      parameters: 'jsonb',
      run_config: 'jsonb',
      context: 'jsonb',
      version: 'Int!',
      idempotency_key: 'String',
      auto_scheduled: 'Boolean!',
      scheduled_start_time: 'timestamptz!',
      start_time: 'timestamptz',
      end_time: 'timestamptz',
      state: 'String',
      state_message: 'String',
      state_timestamp: 'timestamptz',
      serialized_state: 'jsonb',
    },
    one: { tenant: TENANT, flow: { table: 'flow', by: 'flow_id' } },
    many: { states: { table: 'flow_run_state', by: 'flow_run_id' } },
  },
  flow_run_state: {
    columns: {
      ...EVERY,
      tenant_id: 'uuid!',
      flow_run_id: 'uuid!',
      timestamp: 'timestamptz!',
      state: 'String!',
      message: 'String',
      serialized_state: 'jsonb!',
      version: 'Int!',
    },
    one: { flow_run: { table: 'flow_run', by: 'flow_run_id' } },
    many: {},
  },
} as const satisfies Record<string, Table>;

export type TableName = keyof typeof TABLES;
export const TABLE_NAMES = Object.keys(TABLES) as TableName[];

/** The same without the literal types, for code that handles any table. */
export function tableOf(name: TableName): Table {
  return TABLES[name];
}

export function isTable(name: string): name is TableName {
  return Object.hasOwn(TABLES, name);
}

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

type Value<C> = C extends `${infer Base}!`
  ? Base extends 'Int'
    ? number
    : Base extends 'Boolean'
      ? boolean
      : Base extends 'jsonb'
        ? Json
        : string
  : C extends 'Int'
    ? number | null
    : C extends 'jsonb'
      ? Json
      : string | null;

export type Row<T extends TableName = TableName> = {
  -readonly [C in keyof (typeof TABLES)[T]['columns']]: Value<(typeof TABLES)[T]['columns'][C]>;
};
/** A row of any table, by column. */
export type AnyRow = { id: string; [column: string]: Json };
