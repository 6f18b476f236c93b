import type { ExecutorContext, Task } from '@nx/devkit';
import { readManifest } from '../build/manifest-file';
import { FlowError } from '../core/errors';
import type { Connection } from '../engines/connection';
import type { Engine, PrefectServer, Registered } from '../engines/engine';
import { DEFAULT_ENGINE, engineNamed } from '../engines/engines';
import { notesOfGraph } from '../graph/graph-notes';
import { type GivenOptions, schema } from '../options/register-options';
import { plannedResults } from '../report/registration-lines';
import type { Action, Reported, Result, ServerFound } from '../report/result';
import { flowFileOf } from '../workspace/flow-places';
import { rootPackageName } from '../workspace/workspace-id';
import { isNotBuilt } from './find-builds';
import { type PlannedTask, connectTo, planTasks, serverOf } from './plan-tasks';

/** A flow of the workspace. */
export interface Flow {
  task: Task;
  options: Partial<GivenOptions>;
  /** Of the project, from the workspace root. */
  root: string;
  /** Workspace path. */
  file: string;
}

interface Server {
  server: PrefectServer;
  connection: Connection;
  workspaceId: string;
  held: Registered[];
}

/**
 * The whole workspace against its servers. Nothing is built for it: of a flow whose build is missing or older than its
 * source only what the server says is known.
 *
 * @param typed options that override every flow's `register` options
 */
export async function status(
  context: ExecutorContext,
  typed: Partial<GivenOptions>,
  configuration?: string,
): Promise<Reported[]> {
  return (await survey(context, typed, configuration)).reported;
}

/** What no source declares, with its server. */
export interface Removed {
  result: Result;
  held: Registered;
  server: PrefectServer;
  found: ServerFound;
  workspaceId: string;
}

export interface Survey {
  /** What {@link status} says. */
  reported: Reported[];
  /** What no source declares. */
  removed: Removed[];
  /** Everything that the workspace registered for these environments, declared or not. */
  ours: Removed[];
  flows: Flow[];
  /** Of the flows; '' is none. Registrations of other environments are not looked at. */
  environments: ReadonlySet<string>;
  /** Number of flows that are not built. */
  unknownFlows: number;
}

export async function survey(
  context: ExecutorContext,
  typed: Partial<GivenOptions>,
  configuration?: string,
): Promise<Survey> {
  const flows = flowsOf(context, typed, configuration);
  const options = Object.fromEntries(flows.map((flow) => [flow.task.id, flow.options]));
  const tasks = flows.map(({ task }) => task);
  const plans = await planTasks(tasks, options, context, { schema, mayBuild: false });
  const planned = new Map(plans.flatMap((plan) => ('error' in plan ? [] : [[plan.task, plan]])));
  const errors = new Map(plans.flatMap((plan) => ('error' in plan ? [[plan.task, plan.error]] : [])));
  const noted = notesOfGraph(
    context.projectGraph,
    flows.map(({ task }) => task.target.project),
  );
  const servers = new Map<string, Server>();
  for (const flow of flows) {
    const place = placeOf(context, flow, planned.get(flow.task.id));
    const key = JSON.stringify([place.engine.name, place.connection.apiUrl, place.workspaceId]);
    if (servers.has(key)) continue;
    const server = connectTo(context.root, place);
    servers.set(key, { ...place, server, held: await server.list(place.workspaceId) });
  }
  const environments = new Set(flows.map(({ options: { environment = '' } }) => environment));
  const held = [...servers.values()].flatMap((server) =>
    server.held.filter((one) => isOf(environments, one)).map((one) => ({ one, server })),
  );
  const tellsFiles = held.every(({ one }) => one.file !== undefined || !one.isBound);
  const seen = new Set<Registered>();
  const find = (title: string) => {
    const found = held.find(({ one }) => one.identity.join('/') === title)?.one;
    if (found) seen.add(found);
    return found;
  };
  const known = flows.map((flow): Reported => {
    const { id, target } = flow.task;
    const plan = planned.get(id);
    const ofFlow = held.flatMap(({ one }) => (one.isBound && one.file === flow.file ? [one] : []));
    const results = plan
      ? plannedResults(plan).map((result) => stateOf(result, find(result.title)))
      : unbuilt(target.project, errors.get(id), ofFlow, tellsFiles);
    if (!plan) {
      for (const one of ofFlow) seen.add(one);
      results[0]?.notes.push(...noted(target.project));
    }
    return { task: id, flow: target.project, results, ...(plan ? { server: serverOf(plan) } : {}) };
  });
  const files = new Map(flows.map(({ file, task }) => [file, task.target.project]));
  const withServer = ({ one, server: { server, connection, workspaceId } }: (typeof held)[number], result: Result) => ({
    result,
    held: one,
    server,
    found: serverOf({ connection }),
    workspaceId,
  });
  const left = held.filter(({ one }) => !seen.has(one)).map((each) => withServer(each, leftOver(each.one, files)));
  const ours = held.filter(({ one }) => one.isBound).map((each) => withServer(each, resultOf(each.one, 'kept')));
  const rest = left.map(({ result, held: { file = '' }, found }): Reported => {
    return { task: '', flow: files.get(file) ?? '', results: [result], server: found };
  });
  const removed = left.filter(({ result }) => result.action === 'removed from source');
  const unknownFlows = flows.length - planned.size;
  return { reported: [...known, ...rest], removed, ours, flows, environments, unknownFlows };
}

/** Whose a registration without a bound mark is, nobody knows. */
function isOf(environments: ReadonlySet<string>, { isBound, environment = '' }: Registered): boolean {
  return !isBound || environments.has(environment);
}

function flowsOf({ projectGraph }: ExecutorContext, typed: object, configuration: string | undefined): Flow[] {
  return Object.values(projectGraph.nodes).flatMap(({ name: project, data }) => {
    const target = data.targets?.['register'];
    if (!data.tags?.includes('type:flow') || target === undefined) return [];
    const named = configuration === undefined ? {} : { configuration };
    const task: Task = {
      id: `${project}:register`,
      target: { project, target: 'register', ...named },
      overrides: {},
      outputs: [],
      cache: false,
      parallelism: true,
    };
    const own: Partial<GivenOptions> = {
      ...target.options,
      ...(configuration === undefined ? {} : target.configurations?.[configuration]),
    };
    return [{ task, options: { ...own, ...typed }, root: data.root, file: flowFileOf(data.root) }];
  });
}

/** Where a flow is registered; of one that is not built its older build says which engine it has, if there is one. */
function placeOf(
  { root }: ExecutorContext,
  { options, root: projectRoot }: Flow,
  plan: PlannedTask | undefined,
): { engine: Engine; connection: Connection; workspaceId: string } {
  if (plan) return plan;
  const engine = engineNamed(readManifest(root, projectRoot)?.engine ?? '') ?? DEFAULT_ENGINE;
  const given = { ...schema.parse({}), apiUrl: options.apiUrl } as PlannedTask['options'];
  const connection = engine.connection({ workspaceRoot: root, options: given, env: process.env });
  return { engine, connection, workspaceId: options.workspaceId ?? rootPackageName(root) };
}

function stateOf(result: Result, held: Registered | undefined): Result {
  const seen = held ? { held } : {};
  const { action, error, isDrift } = result;
  if (action === 'failed') {
    const isForeign = error instanceof FlowError && error.code === 'other-workspace';
    return { ...result, action: isForeign ? 'foreign' : 'failed', ...seen };
  }
  if (action === 'create') return { ...result, action: 'never registered' };
  if (action === 'unchanged') return { ...result, action: 'in sync', ...seen };
  return { ...result, action: isDrift ? 'drifted' : 'out of date', ...seen };
}

/**
 * @param held what the flow's file registered
 * @param tellsFiles whether the server tells of all that is ours from which file it is
 */
function unbuilt(project: string, error: unknown, held: Registered[], tellsFiles: boolean): Result[] {
  if (!isNotBuilt(error)) return [{ title: project, action: 'failed', error, fields: [], notes: [] }];
  const nothing = tellsFiles ? 'never registered' : 'not known';
  if (held.length === 0) return [{ title: project, action: nothing, fields: [], notes: [] }];
  return held.map((one) => resultOf(one, one.drifted.length > 0 ? 'drifted' : 'not known'));
}

/** @param files of flows that there are */
function leftOver(one: Registered, files: ReadonlyMap<string, string>): Result {
  if (!one.isBound) return resultOf(one, 'foreign', ['It has the tag of this workspace, which did not register it.']);
  const gone = one.file !== undefined && !files.has(one.file);
  const why = gone ? `Its file ${one.file} is gone.` : 'Its file no longer declares it.';
  return resultOf(one, 'removed from source', [why]);
}

function resultOf(held: Registered, action: Action, notes: string[] = []): Result {
  const url = held.url === undefined ? {} : { url: held.url };
  return { title: held.identity.join('/'), action, fields: held.drifted, held, notes, ...url };
}
