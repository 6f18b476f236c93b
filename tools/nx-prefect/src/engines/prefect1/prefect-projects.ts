import { z } from 'zod';
import { FlowError } from '../../core/errors';
import type { GraphqlClient } from './graphql-client';
import type { Connection } from '../connection';

const row = z.object({ id: z.string() });

/** The Prefect projects of a run: known from the bulk read, or made once. */
export class Projects {
  readonly #ids = new Map<string, Promise<string>>();

  constructor(
    private readonly client: GraphqlClient,
    private readonly connection: Connection,
  ) {}

  know(projects: { id: string; name: string }[]): void {
    for (const { id, name } of projects) this.#ids.set(name, Promise.resolve(id));
  }

  has(name: string): boolean {
    return this.#ids.has(name);
  }

  id(name: string): Promise<string> {
    const id = this.#ids.get(name) ?? this.#create(name);
    this.#ids.set(name, id);
    return id;
  }

  async #create(name: string): Promise<string> {
    const input = { name, tenant_id: await this.#tenant() };
    try {
      const made = await this.client.send(
        'mutation($input: create_project_input!) { create_project(input: $input) { id } }',
        { input },
        z.object({ create_project: row }),
      );
      return made.create_project.id;
    } catch (error) {
      // Somebody else made it since the bulk read.
      const { project } = await this.client.send(
        'query($name: String!) { project(where: {name: {_eq: $name}}) { id } }',
        { name },
        z.object({ project: z.array(row) }),
      );
      if (project[0]) return project[0].id;
      throw error;
    }
  }

  async #tenant(): Promise<string> {
    const { backend, tenantId, apiUrl } = this.connection;
    if (tenantId !== undefined) return tenantId;
    if (backend === 'cloud') {
      const { auth_info } = await this.client.send(
        'query { auth_info { tenant_id } }',
        {},
        z.object({ auth_info: z.object({ tenant_id: z.string().nullish() }).nullish() }),
      );
      if (auth_info?.tenant_id) return auth_info.tenant_id;
    }
    const { tenant } = await this.client.send('query { tenant { id } }', {}, z.object({ tenant: z.array(row) }));
    if (tenant[0]) return tenant[0].id;
    throw new FlowError({
      code: 'no-tenant',
      what: `The Prefect server ${apiUrl} has no tenant yet, so it can hold no project.`,
      next: 'Create one: prefect server create-tenant --name default',
    });
  }
}

export function projectNotFound(flow: string, name: string, apiUrl: string): FlowError {
  return new FlowError({
    code: 'project-not-found',
    flow,
    what: `The Prefect server ${apiUrl} has no project "${name}", and the option "createProject" is off.`,
    next: `Create it (prefect create project '${name}'), correct the option "prefectProject", or use --createProject.`,
  });
}
