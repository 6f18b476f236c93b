/** A flow as the development server keeps it. */
export interface FlowRow {
  id: string;
  name: string;
  version: number;
  archived: boolean;
  is_schedule_active: boolean;
  serialized_flow: Record<string, unknown> & { storage: Record<string, unknown>; run_config: Record<string, unknown> };
  project: { name: string };
  flow_group: { settings: { idempotency_key: string | null } };
  [column: string]: unknown;
}

const COLUMNS = `id name version archived is_schedule_active core_version environment run_config storage
  parameters schedule serialized_flow project { name } flow_group { settings }
  tasks(order_by: [{slug: asc}]) {
    slug name type max_retries retry_delay trigger tags cache_key mapped auto_generated
    is_root_task is_terminal_task is_reference_task
  }
  edges { key mapped upstream_task { slug } downstream_task { slug } }`;

/** What a test asks and does itself at an API of Prefect 0.15 - 1.x. */
export class Prefect1Api {
  constructor(readonly url: string) {}

  async send<T>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
    const response = await fetch(this.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables: JSON.stringify(variables) }),
    });
    const { data, errors } = (await response.json()) as { data: T; errors?: unknown };
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  }

  /** All versions, the newest first. */
  async versions(project: string, name?: string): Promise<FlowRow[]> {
    const where = { project: { name: { _eq: project } }, ...(name === undefined ? {} : { name: { _eq: name } }) };
    const { flow } = await this.send<{ flow: FlowRow[] }>(
      `query($where: flow_bool_exp!) { flow(where: $where, order_by: [{version: desc}]) { ${COLUMNS} } }`,
      { where },
    );
    return flow;
  }

  /** The version that is registered now. */
  async current(project: string, name: string): Promise<FlowRow> {
    const row = (await this.versions(project, name)).find(({ archived }) => !archived);
    if (!row) throw new Error(`${project}/${name} is not registered.`);
    return row;
  }

  /** A mutation that takes an input and answers with a success or an id. */
  mutate(name: string, input: Record<string, unknown>, answer = 'success'): Promise<unknown> {
    return this.send(`mutation($input: ${name}_input!) { ${name}(input: $input) { ${answer} } }`, { input });
  }

  /** Registers as a script would. */
  async create(projectId: string, serialized: object, key?: string): Promise<void> {
    await this.mutate(
      'create_flow',
      { project_id: projectId, serialized_flow: serialized, set_schedule_active: true, idempotency_key: key },
      'id',
    );
  }

  async projectId(name: string): Promise<string> {
    const { project } = await this.send<{ project: { id: string }[] }>(
      'query($name: String!) { project(where: {name: {_eq: $name}}) { id } }',
      { name },
    );
    if (!project[0]) throw new Error(`No project ${name}.`);
    return project[0].id;
  }
}
