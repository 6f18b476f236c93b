import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { DataFile } from '../data/file';
import { Store } from '../data/store';
import { createTenant, mutate } from './resolvers';

interface Version {
  id: string;
  version: number;
  archived: boolean;
}

/** What the rules come to, said in another way than the code does: versions and the last key, by name. */
class Model {
  readonly flows = new Map<string, { key: string | null; versions: Version[] }>();

  /** The version that `create_flow` answers in place of a new one. */
  known(name: string, key: string | null): string | undefined {
    const flow = this.flows.get(name);
    return key !== null && key === flow?.key ? flow.versions.findLast(({ archived }) => !archived)?.id : undefined;
  }

  create(name: string, key: string | null, id: string): void {
    const versions = this.flows.get(name)?.versions ?? [];
    if (!versions.some((version) => version.id === id))
      versions.push({ id, version: (versions.at(-1)?.version ?? 0) + 1, archived: false });
    for (const version of versions) if (version.id !== id) version.archived = true;
    this.flows.set(name, { key, versions });
  }

  archive(name: string, id: string): void {
    for (const version of this.flows.get(name)?.versions ?? []) if (version.id === id) version.archived = true;
  }

  /** The last version takes the key along: the next flow of this name is a new group's. */
  delete(name: string, id: string): void {
    const flow = this.flows.get(name);
    const versions = flow?.versions.filter((version) => version.id !== id) ?? [];
    this.flows.set(name, { key: versions.length > 0 && flow ? flow.key : null, versions });
  }
}

class Server {
  private store: Store;
  readonly project: string;

  constructor(private readonly file?: string) {
    this.store = this.open();
    const tenant = this.store.transaction(() => createTenant(this.store, 't', 't'));
    this.project = this.createProject(tenant, 'P');
  }

  restart(): void {
    this.store = this.open();
  }

  get tenant(): string {
    return this.store.all('tenant')[0]?.id ?? '';
  }

  createProject(tenant_id: string, name: string): string {
    return this.call('create_project', { tenant_id, name });
  }

  createFlow(name: string, key: string | null, project_id = this.project): string {
    return this.call('create_flow', {
      project_id,
      serialized_flow: { name, tasks: [], edges: [] },
      idempotency_key: key,
    });
  }

  change(mutation: 'archive_flow' | 'delete_flow', flow_id: string): void {
    mutate(this.store, mutation, { flow_id });
  }

  deleteProject(project_id: string): void {
    mutate(this.store, 'delete_project', { project_id });
  }

  versions(name: string): Version[] {
    const rows = this.store.where('flow', { name }).sort((a, b) => a.version - b.version);
    return rows.map(({ id, version, archived }) => ({ id, version, archived }));
  }

  private call(mutation: string, input: unknown): string {
    return (mutate(this.store, mutation, input) as { id: string }).id;
  }

  private open(): Store {
    const store = new Store(this.file === undefined ? undefined : new DataFile(this.file));
    store.refresh();
    return store;
  }
}

type Step =
  | { do: 'create'; name: string; key: string | null }
  | { do: 'archive' | 'delete'; name: string; nth: number }
  | { do: 'restart' };

function take(each: Step, server: Server, model: Model): void {
  if (each.do === 'restart') return server.restart();
  if (each.do === 'create') {
    const known = model.known(each.name, each.key);
    const before = model.flows.get(each.name)?.versions.map(({ id }) => id) ?? [];
    const id = server.createFlow(each.name, each.key);
    if (known === undefined ? before.includes(id) : id !== known)
      throw new Error(`${each.name} ${each.key}: the answer is ${id}, known was ${known}.`);
    return model.create(each.name, each.key, id);
  }
  const id = model.flows.get(each.name)?.versions[each.nth]?.id;
  if (id === undefined) return;
  server.change(`${each.do}_flow`, id);
  model[each.do](each.name, id);
}

describe('versions, keys and archiving', () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'prefect1-server-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  const name = fc.constantFrom('f', 'g');
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('create'), name, key: fc.constantFrom(null, 'k', 'l') }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('archive', 'delete'), name, nth: fc.nat(3) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('restart') }) },
  );

  it('follow the model in every order of calls, restarts included', () => {
    let runs = 0;
    const run = (steps: Step[]) => {
      const server = new Server(join(folder, `${runs++}.jsonl`));
      const model = new Model();
      for (const each of steps) {
        take(each, server, model);
        for (const [flow, { versions }] of model.flows) expect(server.versions(flow)).toEqual(versions);
      }
    };
    fc.assert(fc.property(fc.array(step, { maxLength: 25 }), run), { numRuns: 200 });
  });

  it('of flows of the same name in two projects have nothing to do with each other', () => {
    const server = new Server();
    const other = server.createProject(server.tenant, 'Q');
    const ids = [server.createFlow('f', 'k'), server.createFlow('f', 'k', other)];
    expect(server.versions('f')).toEqual(ids.map((id) => ({ id, version: 1, archived: false })));
  });

  it('start anew in a project that was deleted and made again', () => {
    const server = new Server();
    server.createFlow('f', 'k');
    server.deleteProject(server.project);
    expect(server.versions('f')).toEqual([]);
    const id = server.createFlow('f', 'k', server.createProject(server.tenant, 'P'));
    expect(server.versions('f')).toEqual([{ id, version: 1, archived: false }]);
  });
});
