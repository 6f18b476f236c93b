import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { flowFiles } from '../parts/flows';
import { type Deployment, Prefect } from '../parts/prefect';
import { type Ran, type RunOptions, Workspace, nxJson } from '../parts/workspace';
import type { Call, Step } from './steps';

const FLOWS = ['project_1/flow1', 'project_1/flow2', 'project_2/flow1'];
const NAMES = ['sales', 'stock', 'people'];

/** A checkout, two servers, and the model: what source and options say. */
export class World {
  private values = [0, 0, 0];
  private tags: string[] = [];
  private current = 0;
  private readonly snapshots = new Set<Prefect>();

  private constructor(
    readonly workspace: Workspace,
    private readonly servers: [Prefect, Prefect],
  ) {}

  static async create(servers: [Prefect, Prefect], mutate?: (plugin: string) => void): Promise<World> {
    for (const server of servers) await server.reset();
    const files = Object.assign({}, ...FLOWS.map((folder, at) => flowFiles(folder, { name: NAMES[at], value: 0 }))) as Record<string, string>;
    return new World(await Workspace.create(files, mutate ? { mutate } : {}), servers);
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
    return FLOWS.flatMap((folder, at) => this.judge(at, ran.tasks.get(`${folder.replace('/', '-')}:register`), before, after, step.call, ran).map((wrong) => `${folder}: ${wrong}\n${ran.output}`));
  }

  private judge(at: number, outcome: string | undefined, before: Observed[], after: Observed[], call: Call, ran: Ran): string[] {
    const [was, is] = [before[at], after[at]];
    const wrong: string[] = [];
    if (outcome === 'failed' || outcome === undefined) {
      // Without the build task a source that was edited can't be registered: refused, and nothing written.
      if (call !== 'exclude-task-dependencies') wrong.push('the registration failed');
      else if (!/build-outdated|not-built/.test(ran.output)) wrong.push('refused without saying why');
      if (was?.deployment?.updated !== is?.deployment?.updated) wrong.push('refused, and written all the same');
      return wrong;
    }
    if (is?.wrong.length) wrong.push(`reported as ${outcome}, but the server is wrong: ${is.wrong.join('; ')}`);
    if (outcome === 'hit' && was?.wrong.length) wrong.push(`a hit, though the server was wrong: ${was.wrong.join('; ')}`);
    if (!was?.wrong.length && was?.deployment?.updated !== is?.deployment?.updated) wrong.push('written, though nothing differed');
    if (!was?.wrong.length && outcome !== 'hit') wrong.push('not shown as a hit, though nothing differed');
    return wrong;
  }

  /** What the server holds of each flow, held against the model. */
  private async observe(): Promise<Observed[]> {
    const deployments = await this.server.deployments();
    return NAMES.map((name, at) => {
      const deployment = deployments.get(`${name}/default`);
      return { deployment, wrong: deployment ? this.wrongIn(at, deployment) : ['it is not there'] };
    });
  }

  private wrongIn(at: number, deployment: Deployment): string[] {
    const expected: Record<string, unknown> = {
      description: `Loads ${NAMES[at]}.`,
      entrypoint: `flows/${FLOWS[at]}/flow.py:main`,
      work_pool_name: 'pool',
      parameters: {},
      paused: false,
      tags: [...this.tags, 'nx-prefect:e2e-team'].sort(),
    };
    const actual: Record<string, unknown> = { ...deployment, tags: [...(deployment['tags'] as string[])].sort() };
    const wrong = Object.entries(expected).flatMap(([field, value]) => (JSON.stringify(actual[field]) === JSON.stringify(value) ? [] : [`${field} is ${JSON.stringify(actual[field])}`]));
    // The digest in the version belongs to the content: the same code has had the same version since the beginning.
    const version = `${at}:${this.values[at]}`;
    const known = this.versions.get(version);
    if (known !== undefined && known !== deployment['version']) wrong.push(`version is ${String(deployment['version'])}, it was ${known}`);
    const code = join(this.codeOf(deployment) ?? '/nonexistent', `flows/${FLOWS[at]}/utils.py`);
    const content = existsSync(code) ? readFileSync(code, 'utf8') : 'nothing';
    if (content !== `VALUE = ${this.values[at]}\n`) wrong.push(`its code says ${JSON.stringify(content)}, the source VALUE = ${this.values[at]}`);
    if (wrong.length === 0) this.versions.set(version, deployment['version'] as string);
    return wrong;
  }

  private readonly versions = new Map<string, string>();

  private codeOf(deployment: Deployment | undefined): string | undefined {
    const steps = deployment?.['pull_steps'] as Record<string, { directory?: string }>[] | null;
    return steps?.[0]?.['prefect.deployments.steps.set_working_directory']?.directory;
  }

  private get server(): Prefect {
    return this.servers[this.current] as Prefect;
  }

  private register(call: Call, options: RunOptions = {}): Promise<Ran> {
    const flag = call === 'skip-nx-cache' || call === 'exclude-task-dependencies' ? [`--${call}`] : [];
    const env = { PREFECT_API_URL: this.server.apiUrl, ...(call === 'cache-failures' ? { NX_CACHE_FAILURES: 'true' } : {}) };
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
        return this.workspace.write({ 'nx.json': nxJson({ tags: step.tags }) });
      case 'other-server':
        this.current = 1 - this.current;
        return;
      case 'wipe':
        return this.server.reset();
      case 'snapshot':
        this.snapshots.add(this.server);
        return this.server.snapshot();
      case 'restore':
        return this.snapshots.has(this.server) ? this.server.restore() : undefined;
      case 'edit-by-hand':
        return this.patch(step.flow, step.field);
      case 'delete-by-hand': {
        const deployment = await this.deployment(step.flow);
        if (deployment) await this.server.call('DELETE', `/deployments/${deployment.id}`);
        return;
      }
      case 'delete-code': {
        const code = this.codeOf(await this.deployment(step.flow));
        if (code?.startsWith(this.workspace.root)) rmSync(code, { recursive: true, force: true });
        return;
      }
      case 'kill':
        this.edit(step.flow, step.value);
        await this.register('plain', { killAfter: step.after });
        return;
      case 'two-terminals': {
        this.edit(step.flow, step.value);
        const first = this.register('plain');
        await new Promise((done) => setTimeout(done, 1500));
        this.edit(step.flow, step.later);
        await Promise.all([first, this.register('plain')]);
        return;
      }
    }
  }

  private async deployment(flow: number): Promise<Deployment | undefined> {
    return (await this.server.deployments()).get(`${NAMES[flow]}/default`);
  }

  private async patch(flow: number, field: string): Promise<void> {
    const deployment = await this.deployment(flow);
    const value = field === 'tags' ? [] : field === 'entrypoint' ? 'elsewhere.py:main' : 'by hand';
    if (deployment) await this.server.call('PATCH', `/deployments/${deployment.id}`, { [field]: value });
  }
}

interface Observed {
  deployment: Deployment | undefined;
  wrong: string[];
}
