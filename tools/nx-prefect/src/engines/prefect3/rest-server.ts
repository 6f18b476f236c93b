import { z } from 'zod';
import { FlowError } from '../../core/errors';
import type { Connection } from '../connection';
import { deploymentPage } from './rest-connection';
import { Lanes } from '../../core/lanes';
import type { ConnectOptions, Planned, PrefectServer, Prune, Registered } from '../engine';
import { pruneDeployments } from './prune-deployments';
import { fillPlaceholders, placeholders } from './placeholders';
import { RestClient } from './rest-client';
import { changes, differences, merge, stateOf } from './merge';
import { withClock } from './clock';
import { ownership, ownershipNotes, refuseOtherEnvironment } from '../ownership';
import { boundMark, markOf, markTag } from './marks';
import { ownedNames } from './owned-names';
import { driftedFields } from './written-fields';
import { type Deployment, type Schedule, deploymentShape, flowShape, namedShape, variableShape } from './rest-types';
import { type Post, type ReadAll, registeredDeployments } from './registered-deployments';
import { localStoreOfSteps } from '../../stores/local/local-code-store';
import type { PullStep } from '../../stores/code-store';
import { movedNote } from '../moved-code';
import { isSameSchedule } from './schedules';
import { withTypes } from './typed-fields';
import type { UnfilledDeployment, UnfilledOnRest, WantedDeployment, WantedOnRest } from './wanted-deployments';

/** The server's own limit for a page of a filter request. */
const PAGE = 200;

/** Two suit PostgreSQL; the first sign of contention (SQLite has one writer) leaves one. */
const WRITES_AT_ONCE = 2;

interface PlannedOnRest extends Planned {
  wanted: WantedOnRest;
}

/** Prefect 3 over REST. */
export class RestServer implements PrefectServer {
  readonly #apiUrl: string;
  readonly #client: RestClient;
  readonly #isFile: (path: string) => boolean;
  readonly #lanes = new Lanes(WRITES_AT_ONCE);
  readonly #flowIds = new Map<string, string>();
  readonly #held = new Map<string, Deployment>();
  #pools: Promise<string[]> | undefined;

  constructor(connection: Connection, { isFile, say }: ConnectOptions) {
    let isBusy = false;
    this.#apiUrl = connection.apiUrl;
    const onBusy = () => {
      if (!isBusy) this.#lanes.narrow();
      isBusy = true;
    };
    this.#client = new RestClient(connection, { onBusy, say });
    this.#isFile = isFile;
  }

  async plan(raw: UnfilledOnRest[]): Promise<(PlannedOnRest | Error)[]> {
    const wanted = await this.#withVariables(raw);
    const byFlow = await this.#read([...new Set(wanted.map(({ deployment }) => deployment.flowName))]);
    const run = {
      names: new Set(wanted.map(({ deployment }) => identity(deployment.flowName, deployment.name))),
      files: new Set(wanted.map(({ deployment }) => fileOf(deployment.entrypoint))),
    };
    return Promise.all(
      wanted.map(async (item) => {
        try {
          const planned = await this.#planOne(item, byFlow.get(item.deployment.flowName) ?? [], run);
          if (planned.action !== 'unchanged') await this.#requirePool(planned.wanted.deployment);
          return planned;
        } catch (error) {
          return error as Error;
        }
      }),
    );
  }

  list(workspaceId: string): Promise<Registered[]> {
    const readAll: ReadAll = (path, filter, row) => this.#all(path, filter, row);
    const post: Post = (path, body, shape) => this.#client.post(path, body, shape);
    return registeredDeployments({ readAll, post }, this.#client.connection, workspaceId);
  }

  get prune(): Prune {
    return pruneDeployments(this.#client);
  }

  workPools(): Promise<string[]> {
    this.#pools ??= this.#all('/work_pools/filter', {}, namedShape).then((pools) =>
      pools.map(({ name }) => name).sort(),
    );
    return this.#pools;
  }

  async apply({ wanted }: PlannedOnRest, stored: Promise<void>): Promise<string> {
    await stored;
    return this.#lanes.run(() => this.#write(wanted.deployment));
  }

  async #write(wanted: WantedDeployment): Promise<string> {
    const held = this.#held.get(identity(wanted.flowName, wanted.name));
    const flowId = await this.#flowId(wanted.flowName);
    const body = { name: wanted.name, flow_id: flowId, ...merge(wanted, held) };
    // A flow that was made for a deployment which the server then refuses stays: somebody else may have put a
    // deployment there meanwhile.
    const posted = await this.#client.post('/deployments/', body, deploymentShape);
    const written = await this.#restoreRunLimits(posted, body.schedules);
    const differing = differences(wanted, written);
    if (differing.length > 0) {
      throw new FlowError({
        code: 'not-taken',
        what:
          `The server took the deployment ${wanted.flowName}/${wanted.name} but these fields differ afterwards: ` +
          `${differing.join(', ')}.`,
        next:
          'Run the command again. If the error stays, somebody else writes the same deployment, ' +
          'or this version of the server is not supported.',
      });
    }
    return deploymentPage(this.#apiUrl, written.id);
  }

  /** Fills `{{ prefect.variables.x }}`. */
  async #withVariables(wanted: UnfilledOnRest[]): Promise<UnfilledOnRest[]> {
    const named = wanted
      .flatMap(({ deployment }) => placeholders(filledHere(deployment)))
      .flatMap((name) => variableName(name) ?? []);
    if (named.length === 0) return wanted;
    const variables = await this.#all(
      '/variables/filter',
      { variables: { name: { any_: [...new Set(named)] } } },
      variableShape,
    );
    const values = new Map(variables.map(({ name, value }) => [name, value]));
    const lookup = (name: string) => values.get(variableName(name) ?? '');
    return wanted.map((item) => ({
      ...item,
      deployment: { ...item.deployment, ...fillPlaceholders(filledHere(item.deployment), lookup) },
    }));
  }

  async #planOne(raw: UnfilledOnRest, ofFlow: Deployment[], { names, files }: Run): Promise<PlannedOnRest> {
    const { flow, takeOver } = raw;
    if (raw.deployment.workPool === null) throw noPool(flow);
    refuseLeftPlaceholders(flow, raw.deployment);
    const held = ofFlow.find((deployment) => deployment.name === raw.deployment.name);
    const delivered = await deliveredBy(raw, held);
    const wanted = withClock({ ...withTypes(flow, raw.deployment), ...delivered }, held);
    const item = { ...raw, deployment: wanted };
    const name = `${wanted.flowName}/${wanted.name}`;
    const notes = [...raw.notes, ...doubleSchedules(wanted, ofFlow, names)];
    if (!held) return { wanted: item, action: 'create', fields: [], changes: [], state: () => stateOf(wanted), notes };
    this.#held.set(identity(wanted.flowName, wanted.name), held);
    const url = deploymentPage(this.#apiUrl, held.id);
    const whose = ownership(
      held.tags.flatMap((tag) => markOf(tag) ?? []),
      { flow, registration: `deployment ${name}`, workspaceId: wanted.workspaceId, takeOver },
    );
    const mark = boundMark(held, wanted.flowName, wanted.workspaceId);
    if (mark && !takeOver)
      refuseOtherEnvironment(mark.env, wanted.mark.env, { flow, registration: `deployment ${name}` });
    const file = fileOf(held.entrypoint);
    if (whose === 'ours' && !takeOver && file !== fileOf(wanted.entrypoint) && !files.has(file) && this.#isFile(file)) {
      throw otherFlow(flow, fileOf(wanted.entrypoint), file, name);
    }
    notes.push(...ownershipNotes(name, whose, () => keptSchedules(wanted, held)));
    notes.push(...movedNote(name, localStoreOfSteps(held.pull_steps), localStoreOfSteps(wanted.pullSteps)));
    const fields = differences(wanted, held);
    const isDrift = mark !== undefined && driftedFields(mark.wrote, held, ownedNames(held)).length > 0;
    const from = mark ? { commit: mark.commit } : {};
    // Its placeholders stand where another type belongs; they are only shown.
    const shown = raw.shown ? withClock({ ...raw.shown, ...delivered } as WantedDeployment, held) : wanted;
    const action = fields.length > 0 ? 'update' : 'unchanged';
    return {
      wanted: item,
      action,
      fields,
      changes: changes(fields, shown, held),
      isDrift,
      state: () => stateOf(wanted, held),
      notes,
      url,
      ...from,
    };
  }

  /** All deployments of the flows, by flow name: two requests for up to 200 flows. */
  async #read(flowNames: string[]): Promise<Map<string, Deployment[]>> {
    const byFlow = new Map<string, Deployment[]>();
    for (let at = 0; at < flowNames.length; at += PAGE) {
      const filter = { flows: { name: { any_: flowNames.slice(at, at + PAGE) } } };
      const [flows, deployments] = await Promise.all([
        this.#all('/flows/filter', filter, flowShape),
        this.#all('/deployments/filter', filter, deploymentShape),
      ]);
      const nameOf = new Map(flows.map(({ id, name }) => [id, name]));
      for (const { id, name } of flows) this.#flowIds.set(name, id);
      for (const deployment of deployments) {
        const name = nameOf.get(deployment.flow_id);
        if (name !== undefined) byFlow.set(name, [...(byFlow.get(name) ?? []), deployment]);
      }
    }
    return byFlow;
  }

  async #all<T>(path: string, filter: object, row: z.ZodType<T>): Promise<T[]> {
    const rows: T[] = [];
    const pages = z.array(row);
    for (let offset = 0; ; offset += PAGE) {
      const page = await this.#client.post(path, { ...filter, sort: 'CREATED_DESC', limit: PAGE, offset }, pages);
      rows.push(...page);
      if (page.length < PAGE) return rows;
    }
  }

  async #flowId(name: string): Promise<string> {
    const known = this.#flowIds.get(name);
    if (known) return known;
    const { id } = await this.#client.post('/flows/', { name }, flowShape);
    this.#flowIds.set(name, id);
    return id;
  }

  /**
   * `POST /deployments/` drops `max_scheduled_runs` (seen with 3.8.8); `PATCH` of a schedule takes it, and empties
   * parameters that it leaves out.
   */
  async #restoreRunLimits(written: Deployment, schedules: Schedule[]): Promise<Deployment> {
    const limited = schedules.filter(({ max_scheduled_runs }) => max_scheduled_runs !== null);
    if (limited.length === 0) return written;
    const free = new Set(written.schedules);
    for (const { slug, schedule, parameters, max_scheduled_runs } of limited) {
      const one = [...free].find((other) => other.slug === slug && isSameSchedule(schedule, other.schedule));
      if (!one?.id) continue;
      free.delete(one);
      await this.#client.patch(`/deployments/${written.id}/schedules/${one.id}`, { parameters, max_scheduled_runs });
    }
    return this.#client.get(`/deployments/${written.id}`, deploymentShape);
  }

  async #requirePool({ workPool }: WantedDeployment): Promise<void> {
    const pools = await this.workPools();
    if (workPool === null || pools.includes(workPool)) return;
    throw new FlowError({
      code: 'work-pool-not-found',
      what:
        `The server ${this.#apiUrl} has no work pool "${workPool}"` +
        `${pools.length > 0 ? ` (it has: ${pools.join(', ')})` : ''}.`,
      next: `Create it (prefect work-pool create ${workPool} --type process) or set the option "workPool".`,
    });
  }
}

/** The fields that say how workers get the code. */
async function deliveredBy({ deliver, deployment }: UnfilledOnRest, held: Deployment | undefined) {
  const before = held && {
    pullSteps: (held.pull_steps ?? []) as PullStep[],
    ...(typeof held.job_variables['image'] === 'string' && { image: held.job_variables['image'] }),
  };
  const { pullSteps, image } = await deliver(before);
  return image === undefined ? { pullSteps } : { pullSteps, jobVariables: { ...deployment.jobVariables, image } };
}

/** What else is registered in this run. */
interface Run {
  names: ReadonlySet<string>;
  files: ReadonlySet<string>;
}

function fileOf(entrypoint: string | null): string {
  return entrypoint?.replace(/:[^:]*$/, '') ?? '';
}

function otherFlow(flow: string, file: string, other: string, name: string): FlowError {
  return new FlowError({
    code: 'identity-clash',
    flow,
    file,
    what: `The deployment ${name} was registered from ${other}, which is still there; ${file} would overwrite it.`,
    next:
      `Give one of the flows another name (@flow(name=...)). If ${other} no longer declares it, ` +
      'register both in one run, or use --takeOver once.',
  });
}

/** A script's schedules that source does not name stay, and go on firing. */
function keptSchedules(wanted: WantedDeployment, held: Deployment): string {
  const kept = merge(wanted, held).schedules.length - wanted.schedules.length;
  return kept > 0 && wanted.schedules.length > 0
    ? ` Warning: ${kept} of its schedules are not in source and stay. If they would fire twice: ` +
        `prefect deployment schedule ls '${wanted.flowName}/${wanted.name}' shows them, ` +
        `prefect deployment schedule delete '${wanted.flowName}/${wanted.name}' <id> removes one.`
    : '';
}

function identity(flowName: string, name: string): string {
  return JSON.stringify([flowName, name]);
}

const VARIABLE = 'prefect.variables.';

function variableName(placeholder: string): string | undefined {
  return placeholder.startsWith(VARIABLE) ? placeholder.slice(VARIABLE.length) : undefined;
}

/**
 * The fields whose placeholders are filled when registering, as `prefect deploy` does; those of job variables the
 * worker fills.
 */
function filledHere({
  templated,
  describedInCode,
  description,
  // What is not templated below was said in code or by options.
  flowName: _flowName,
  entrypoint: _entrypoint,
  parameterOpenapiSchema: _schema,
  jobVariables: _jobVariables,
  workspaceId: _workspaceId,
  mark: _mark,
  clock: _clock,
  ...filled
}: UnfilledDeployment): Partial<UnfilledDeployment> {
  return templated ? { ...filled, ...(describedInCode ? {} : { description }) } : {};
}

/** Filled by the worker, when a run starts. */
const OF_A_RUN = /^ctx\./;
const OF_JOB_VARIABLES = /^(ctx|prefect\.(blocks|variables))\./;

/** Nothing fills these placeholders later, and a block's value would lie open in the deployment. */
function refuseLeftPlaceholders(flow: string, wanted: UnfilledDeployment): void {
  const left =
    placeholders(filledHere(wanted)).find((name) => !OF_A_RUN.test(name)) ??
    placeholders(wanted.templated ? wanted.jobVariables : {}).find((name) => !OF_JOB_VARIABLES.test(name));
  if (left === undefined) return;
  const variable = variableName(left);
  throw new FlowError({
    code: 'placeholder',
    flow,
    what:
      `The placeholder {{ ${left} }} can't be filled` +
      `${variable ? ': the server has no variable of that name' : ''}.`,
    next: variable
      ? `Create it: prefect variable set ${variable} <value>`
      : 'Only {{ $NAME }} and {{ prefect.variables.x }} can be used here; blocks go into job variables.',
  });
}

function noPool(flow: string): FlowError {
  return new FlowError({
    code: 'no-work-pool',
    flow,
    what: 'Nothing says which work pool runs the deployment.',
    next:
      'Set the option "workPool" (in nx.json, at the flow, or --workPool) or ' +
      'PREFECT_DEPLOYMENTS_DEFAULT_WORK_POOL_NAME.',
  });
}

/** The same flow under another name with an active schedule: every cron would fire twice. */
function doubleSchedules(wanted: WantedDeployment, ofFlow: Deployment[], names: ReadonlySet<string>): string[] {
  if (wanted.schedules.length === 0) return [];
  return ofFlow
    .filter(
      (other) =>
        !names.has(identity(wanted.flowName, other.name)) &&
        !other.paused &&
        other.schedules.some(({ active }) => active) &&
        // Environments are meant to stand beside each other.
        (boundMark(other, wanted.flowName, wanted.workspaceId)?.env ?? wanted.mark.env) === wanted.mark.env,
    )
    .map(({ name, tags }) => {
      const ours = tags.includes(markTag(wanted.workspaceId));
      const origin = ours ? 'which this workspace registered earlier' : 'which this workspace did not register';
      return (
        `Warning: ${wanted.flowName}/${name}, ${origin}, has an active schedule too: both would fire. ` +
        'Pause or delete one of them.'
      );
    });
}
