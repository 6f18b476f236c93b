import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Ran, type RunOptions, Workspace } from '../parts/workspace';
import type { ContractEngine, ContractServer, Held } from './engine';
import type { Call, Step } from './steps';

const FLOWS = ['project_1/flow1', 'project_1/flow2', 'project_2/flow1'];
const NAMES = ['sales', 'stock', 'people'];

/** A checkout, two servers, and the model: what source and options say. */
export class World {
  private values = [0, 0, 0];
  private tags: string[] = [];
  private current = 0;
  private readonly snapshots = new Set<ContractServer>();

  private constructor(
    readonly workspace: Workspace,
    private readonly engine: ContractEngine,
    private readonly servers: [ContractServer, ContractServer],
  ) {}

  static async create(
    engine: ContractEngine,
    servers: [ContractServer, ContractServer],
    mutate?: (plugin: string) => void,
  ): Promise<World> {
    for (const server of servers) await server.wipe();
    const flows = FLOWS.map((folder, at) => engine.files(folder, { name: NAMES[at] ?? '', value: 0 }));
    const files = Object.assign({ 'nx.json': engine.nxJson([]) }, ...flows) as Record<string, string>;
    const workspace = await Workspace.create(files, mutate ? { mutate } : {});
    engine.furnish(workspace);
    return new World(workspace, engine, servers);
  }

  async dispose(): Promise<void> {
    await this.workspace.nx(['daemon', '--stop']);
    this.workspace.dispose();
  }

  /** Does the step, registers, and says what is wrong then; nothing wrong = empty. */
  async take(step: Step): Promise<string[]> {
    await this.happen(step);
    const before = await this.observe();
    const ran = await this.register(step.call);
    const after = await this.observe();
    const wrong = FLOWS.flatMap((folder, at) =>
      this.judge(at, ran.tasks.get(`${folder.replace('/', '-')}:register`), before, after).map(
        (what) => `${folder}: ${what}`,
      ),
    );
    return wrong.length === 0 ? [] : [ran.output, ...wrong];
  }

  private judge(at: number, outcome: string | undefined, before: Observed[], after: Observed[]): string[] {
    const [was, is] = [before[at], after[at]];
    const wrong: string[] = [];
    if (outcome === 'failed' || outcome === undefined) {
      return ['the registration failed'];
    }
    if (is?.wrong.length) wrong.push(`reported as ${outcome}, but the server is wrong: ${is.wrong.join('; ')}`);
    if (outcome === 'hit' && was?.wrong.length)
      wrong.push(`a hit, though the server was wrong: ${was.wrong.join('; ')}`);
    if (!was?.wrong.length && was?.held?.stamp !== is?.held?.stamp) wrong.push('written, though nothing differed');
    if (!was?.wrong.length && outcome !== 'hit') wrong.push('not shown as a hit, though nothing differed');
    return wrong;
  }

  /** What the server holds of each flow, held against the model. */
  private async observe(): Promise<Observed[]> {
    const all = await this.server.held();
    return NAMES.map((name, at) => {
      const held = all.get(name);
      return { held, wrong: held ? this.wrongIn(at, held) : ['it is not there'] };
    });
  }

  private wrongIn(at: number, { fields, version, code }: Held): string[] {
    const model = { name: NAMES[at] ?? '', folder: FLOWS[at] ?? '', words: this.tags };
    const wrong = Object.entries(this.engine.expected(model)).flatMap(([field, value]) =>
      JSON.stringify(fields[field]) === JSON.stringify(value) ? [] : [`${field} is ${JSON.stringify(fields[field])}`],
    );
    // The same code has had the same version since the beginning.
    const content = `${at}:${this.values[at]}`;
    const known = this.versions.get(content);
    if (known !== undefined && known !== version) wrong.push(`version is ${version}, it was ${known}`);
    const utils = (code === undefined ? undefined : this.engine.utils(code, model)) ?? 'nothing';
    if (utils !== `VALUE = ${this.values[at]}\n`)
      wrong.push(`its code says ${JSON.stringify(utils)}, the source VALUE = ${this.values[at]}`);
    if (wrong.length === 0) this.versions.set(content, version);
    return wrong;
  }

  private readonly versions = new Map<string, string>();

  /** The server may be at a request of a run that was killed: what it still writes is not the next run's doing. */
  private async settled(): Promise<void> {
    const state = async () => JSON.stringify([...(await this.server.held())]);
    for (let last = await state(), quiet = 0; quiet < 4;) {
      await sleep(500);
      const now = await state();
      quiet = now === last ? quiet + 1 : 0;
      last = now;
    }
  }

  private get server(): ContractServer {
    return this.servers[this.current] as ContractServer;
  }

  private register(call: Call, options: RunOptions = {}): Promise<Ran> {
    const flag = call === 'skip-nx-cache' ? [`--${call}`] : [];
    const env = { ...this.server.env, ...(call === 'cache-failures' ? { NX_CACHE_FAILURES: 'true' } : {}) };
    return this.workspace.nx(['run-many', '-t', 'register', ...flag], { ...options, env, daemon: call === 'daemon' });
  }

  private edit(flow: number, value: number): void {
    this.values[flow] = value;
    this.workspace.write({ [`flows/${FLOWS[flow]}/utils.py`]: `VALUE = ${value}\n` });
  }

  private async happen(step: Step): Promise<void> {
    switch (step.kind) {
      case 'nothing':
        return;
      case 'edit':
        return this.edit(step.flow, step.value);
      case 'option':
        this.tags = step.tags;
        return this.workspace.write({ 'nx.json': this.engine.nxJson(step.tags) });
      case 'other-server':
        this.current = 1 - this.current;
        return;
      case 'wipe':
        return this.server.wipe();
      case 'snapshot':
        this.snapshots.add(this.server);
        return this.server.snapshot();
      case 'restore':
        return this.snapshots.has(this.server) ? this.server.restore() : undefined;
      case 'edit-by-hand':
        return this.server.edit(NAMES[step.flow] ?? '', step.field);
      case 'delete-by-hand':
        return this.server.remove(NAMES[step.flow] ?? '');
      case 'delete-code': {
        const code = (await this.server.held()).get(NAMES[step.flow] ?? '')?.code;
        if (code?.startsWith(this.workspace.root)) rmSync(code, { recursive: true, force: true });
        return;
      }
      case 'empty-cache':
        for (const folder of ['dist', '.nx']) this.workspace.remove(folder);
        return;
      case 'damage-build':
        return this.workspace.write({ [`dist/flows/${FLOWS[step.flow]}/manifest.json`]: '{"formatVersion": 2' });
      case 'kill':
        this.edit(step.flow, step.value);
        await this.register('plain', { killAfter: step.after });
        return this.settled();
      case 'two-terminals': {
        this.edit(step.flow, step.value);
        const first = this.register('plain');
        await sleep(1500);
        this.edit(step.flow, step.later);
        await Promise.all([first, this.register('plain')]);
        return;
      }
    }
  }
}

interface Observed {
  held: Held | undefined;
  wrong: string[];
}
