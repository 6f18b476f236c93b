import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DevelopmentServer, startServer } from 'prefect1-server';
import { prefect1Environment } from '../parts/prefect1';
import { type FlowRow, Prefect1Api } from '../parts/prefect1-api';
import { flow1Files } from '../parts/prefect1-flows';
import { nxJson } from '../parts/workspace';
import type { ContractEngine, ContractServer, Field, Held } from './engine';

export const prefect1: ContractEngine = {
  title: 'Prefect 0.15.13',
  async start() {
    const folder = mkdtempSync(join(tmpdir(), 'nx-prefect-1-'));
    return new Prefect1Server(folder, await startServer({ data: join(folder, 'data.jsonl') }));
  },
  files: flow1Files,
  furnish: (workspace) => symlinkSync(prefect1Environment('0.15'), workspace.path('flows/.venv')),
  nxJson: (labels) => nxJson({ labels }),
  expected: ({ words }) => ({
    description: null,
    archived: false,
    labels: [...words, hostname()].sort(),
    project: true,
  }),
  comparison: {
    file: 'engines/prefect1/flow-differences.js',
    onlyDigest: [
      /function differences\(wanted, held\) \{/,
      'function differences(wanted, held) { return wanted.storage.path === held.storage.path ? [] : ["storage"];',
    ],
  },
  utils(code) {
    // The script holds each file's content; only utils.py looks so.
    const script = join(code, 'flow.py');
    if (!existsSync(script)) return undefined;
    const contents = [...readFileSync(script, 'utf8').matchAll(/: "([A-Za-z0-9+/=]+)",$/gm)].map(([, content]) =>
      Buffer.from(content ?? '', 'base64').toString(),
    );
    return contents.find((content) => /^VALUE = \d\n$/.test(content));
  },
};

class Prefect1Server implements ContractServer {
  readonly #api: Prefect1Api;
  readonly env: Record<string, string>;

  constructor(
    private readonly folder: string,
    private readonly server: DevelopmentServer,
  ) {
    this.#api = new Prefect1Api(server.url);
    this.env = { PREFECT__CLOUD__API: server.url };
  }

  wipe(): Promise<void> {
    rmSync(join(this.folder, 'data.jsonl'), { force: true });
    return Promise.resolve();
  }

  snapshot(): Promise<void> {
    copyFileSync(join(this.folder, 'data.jsonl'), join(this.folder, 'snapshot.jsonl'));
    return Promise.resolve();
  }

  restore(): Promise<void> {
    copyFileSync(join(this.folder, 'snapshot.jsonl'), join(this.folder, 'data.jsonl'));
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    await this.server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async held(): Promise<Map<string, Held>> {
    const held = new Map<string, Held>();
    // The newest first; what is archived counts only where nothing else is there.
    for (const row of await this.#rows()) {
      const other = held.get(row.name);
      if (other === undefined || (other.fields['archived'] === true && !row.archived)) held.set(row.name, heldOf(row));
    }
    return held;
  }

  /**
   * Another content under our name is a foreign registration, with the key of `prefect register` or without one; or
   * somebody archives it.
   */
  async edit(name: string, field: Field): Promise<void> {
    const row = await this.#row(name);
    if (!row) return;
    if (field === 'entrypoint') return void (await this.#api.mutate('archive_flow', { flow_id: row.id }));
    const { serialized_flow: flow } = row;
    const other =
      field === 'tags'
        ? { ...flow, run_config: { ...flow.run_config, labels: [] } }
        : { ...flow, description: 'by hand' };
    await this.#api.create(
      await this.#api.projectId(row.project.name),
      other,
      field === 'version' ? undefined : 'key of prefect register',
    );
  }

  async remove(name: string): Promise<void> {
    for (const row of await this.#rows())
      if (row.name === name) await this.#api.mutate('delete_flow', { flow_id: row.id });
  }

  async #row(name: string): Promise<FlowRow | undefined> {
    return (await this.#rows()).find((row) => row.name === name && !row.archived);
  }

  async #rows(): Promise<FlowRow[]> {
    return (await Promise.all(['project_1', 'project_2'].map((project) => this.#api.versions(project)))).flat();
  }
}

function heldOf({ id, archived, serialized_flow: { storage, run_config, description }, project, name }: FlowRow): Held {
  return {
    stamp: id,
    version: String(storage['path']),
    fields: {
      description: description ?? null,
      archived,
      labels: run_config['labels'],
      project: project.name === (name === 'people' ? 'project_2' : 'project_1'),
    },
    code: storage['directory'] as string | undefined,
  };
}
