import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { flowFiles } from '../parts/flows';
import { type Deployment, Prefect } from '../parts/prefect';
import { nxJson } from '../parts/workspace';
import type { ContractEngine, ContractServer, Field, Held } from './engine';

export const prefect3: ContractEngine = {
  title: 'Prefect 3',
  async start() {
    const server = await Prefect.start();
    await server.createPool();
    return new Prefect3Server(server);
  },
  files: flowFiles,
  furnish: () => undefined,
  nxJson: (tags) => nxJson({ tags }),
  expected: ({ name, folder, words }) => ({
    description: `Loads ${name}.`,
    entrypoint: `flows/${folder}/flow.py:main`,
    work_pool_name: 'pool',
    parameters: {},
    paused: false,
    tags: [...words, 'nx-prefect:e2e-team'].sort(),
  }),
  comparison: {
    file: 'engines/prefect3/merge.js',
    onlyDigest: [
      /function differences\(wanted, held\) \{/,
      'function differences(wanted, held) { return wanted.version === held.version ? [] : ["version"];',
    ],
  },
  utils(code, { folder }) {
    const file = join(code, `flows/${folder}/utils.py`);
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  },
};

class Prefect3Server implements ContractServer {
  constructor(private readonly server: Prefect) {}

  get env(): Record<string, string> {
    return { PREFECT_API_URL: this.server.apiUrl };
  }

  wipe(): Promise<void> {
    return this.server.reset();
  }

  snapshot(): Promise<void> {
    return this.server.snapshot();
  }

  restore(): Promise<void> {
    return this.server.restore();
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  async held(): Promise<Map<string, Held>> {
    const deployments = await this.server.deployments();
    return new Map(
      [...deployments].flatMap(([title, deployment]) =>
        title.endsWith('/default') ? [[title.replace(/\/default$/, ''), heldOf(deployment)] as const] : [],
      ),
    );
  }

  async edit(name: string, field: Field): Promise<void> {
    const value = field === 'tags' ? [] : field === 'entrypoint' ? 'elsewhere.py:main' : 'by hand';
    const deployment = await this.#deployment(name);
    if (deployment) await this.server.call('PATCH', `/deployments/${deployment.id}`, { [field]: value });
  }

  async remove(name: string): Promise<void> {
    const deployment = await this.#deployment(name);
    if (deployment) await this.server.call('DELETE', `/deployments/${deployment.id}`);
  }

  async #deployment(name: string): Promise<Deployment | undefined> {
    return (await this.server.deployments()).get(`${name}/default`);
  }
}

function heldOf(deployment: Deployment): Held {
  const steps = deployment['pull_steps'] as Record<string, { directory?: string }>[] | null;
  return {
    stamp: deployment.updated,
    version: String(deployment['version']),
    fields: { ...deployment, tags: [...(deployment['tags'] as string[])].sort() },
    code: steps?.[0]?.['prefect.deployments.steps.set_working_directory']?.directory,
  };
}
