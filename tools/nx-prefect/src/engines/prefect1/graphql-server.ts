import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import { FlowError } from '../../core/errors';
import { Lanes } from '../../core/lanes';
import { valueAt } from '../../core/json-differences';
import { settled } from '../clock-values';
import { type Change, shownChange } from '../shown-change';
import type { SerializedFlow } from './loaded-prefect1';
import { ownership, ownershipNotes, refuseOtherEnvironment } from '../ownership';
import { type ConnectOptions, type Planned, type PrefectServer, type Registered, titleOf } from '../engine';
import { GraphqlClient } from './graphql-client';
import type { Connection } from '../connection';
import { movedNote } from '../moved-code';
import { localStoreOf } from '../../stores/local/local-code-store';
import { differences } from './flow-differences';
import { GroupedRead } from './grouped-read';
import { HELD, HELD_BY_ID, type HeldFlow, flowsNamed, heldFlowShape } from './held-flow';
import { type Key, idempotencyKey, readKey } from './idempotency-key';
import { LISTED, type ListedFlow, listedFlowShape, registeredFlow } from './listed-flow';
import { Projects, projectNotFound } from './prefect-projects';
import { startsActive, unscheduled } from './schedule-switch';
import type { WantedFlow } from './wanted-flows';

/** Flows in one read. */
const PAGE = 200;
const WRITES_AT_ONCE = 2;

interface PlannedFlow extends Planned {
  wanted: WantedFlow;
}

/** Prefect 0.15 - 1.x over GraphQL: Prefect Server, or what Prefect Cloud was then. */
export class GraphqlServer implements PrefectServer {
  readonly #client: GraphqlClient;
  readonly #projects: Projects;
  readonly #lanes = new Lanes(WRITES_AT_ONCE);
  readonly #held = new Map<string, HeldFlow>();
  readonly #written: GroupedRead<HeldFlow>;

  constructor(
    private readonly connection: Connection,
    { say = () => undefined }: Partial<ConnectOptions> = {},
  ) {
    this.#client = new GraphqlClient(connection, say);
    this.#projects = new Projects(this.#client, connection);
    this.#written = new GroupedRead(async (ids) => {
      const { flow } = await this.#client.send(HELD_BY_ID, { ids }, z.object({ flow: z.array(heldFlowShape) }));
      return new Map(flow.map((row) => [row.id, row]));
    }, PAGE);
  }

  async plan(wanted: WantedFlow[]): Promise<(PlannedFlow | Error)[]> {
    const version = wanted[0]?.serialized['__version__'];
    if (typeof version === 'string') this.#client.coreVersion = version;
    await this.#read(wanted);
    return wanted.map((item) => {
      try {
        return this.#planOne(item);
      } catch (error) {
        return error as Error;
      }
    });
  }

  async list(workspaceId: string): Promise<Registered[]> {
    const all: ListedFlow[] = [];
    const shape = z.object({ flow: z.array(listedFlowShape) });
    for (;;) {
      const { flow } = await this.#client.send(LISTED, { limit: PAGE, offset: all.length }, shape);
      all.push(...flow);
      if (flow.length < PAGE) return all.flatMap((row) => registeredFlow(row, workspaceId));
    }
  }

  async apply({ wanted }: PlannedFlow, stored: Promise<void>): Promise<undefined> {
    const held = this.#held.get(identity(wanted));
    const { serialized, read: written } = await this.#written.after(async () => {
      await stored;
      return this.#lanes.run(() => this.#write(wanted, held));
    });
    const differing = written ? differences(serialized, written.serialized_flow) : ['everything'];
    if (differing.length === 0 && !written?.archived) return;
    throw new FlowError({
      code: 'not-taken',
      flow: wanted.flow,
      what:
        `The server took the flow ${titleOf(wanted)} but these fields differ afterwards: ` +
        `${[...differing, ...(written?.archived ? ['archived'] : [])].join(', ')}.`,
      next:
        'Run the command again. If the error stays, somebody else registers the same flow, ' +
        'or this server is not supported.',
    });
  }

  async #read(wanted: WantedFlow[]): Promise<void> {
    for (let at = 0; at < wanted.length; at += PAGE) {
      const identities = wanted.slice(at, at + PAGE).map((item) => item.identity);
      const projects = [...new Set(identities.map(([project]) => project))];
      const { project, flow } = await this.#client.send(
        HELD,
        { where: flowsNamed(identities), projects },
        z.object({
          project: z.array(z.object({ id: z.string(), name: z.string() })),
          flow: z.array(heldFlowShape),
        }),
      );
      this.#projects.know(project);
      for (const row of flow) this.#held.set(JSON.stringify([row.project.name, row.name]), row);
    }
  }

  #planOne(unsettled: WantedFlow): PlannedFlow {
    const held = this.#held.get(identity(unsettled));
    // What the clock gave stays as the server holds it.
    const serialized = settled(unsettled.serialized, held?.serialized_flow, unsettled.clock);
    const wanted = { ...unsettled, serialized };
    const {
      flow,
      identity: [project],
      createProject,
      takeOver,
      workspaceId,
    } = wanted;
    const name = titleOf(wanted);
    if (!this.#projects.has(project) && !createProject) throw projectNotFound(flow, project, this.connection.apiUrl);
    const notes = scheduleNotes(wanted);
    const heldNow = held ? JSON.stringify([held.id, held.version, held.archived]) : '';
    const state = () => ({ wanted: wanted.digest, held: heldNow });
    if (!held) return { wanted, action: 'create', fields: [], changes: [], state, notes };
    const key = readKey(held.flow_group.settings.idempotency_key);
    const whose = ownership(key ? [key.workspaceId] : [], {
      flow,
      registration: `flow ${name}`,
      workspaceId,
      takeOver,
    });
    if (whose === 'ours' && key?.mark && !takeOver)
      refuseOtherEnvironment(key.mark.env, wanted.mark.env, { flow, registration: `flow ${name}` });
    notes.push(...ownershipNotes(name, whose));
    const [before, now] = [held.serialized_flow, serialized].map((flow_) => localStoreOf(flow_.storage?.['directory']));
    notes.push(...movedNote(name, before, now));
    const fields = [
      ...this.#differing(wanted, held, key),
      ...(held.archived ? ['archived'] : []),
      ...(whose === 'taken-over' ? ['workspace'] : []),
    ];
    return {
      wanted,
      action: fields.length > 0 ? 'update' : 'unchanged',
      state,
      fields,
      changes: fields.map((field) => changeOf(field, serialized, held)),
      // The key of our last version is there, and a version that is not ours lies over it.
      isDrift: fields.length > 0 && key?.digest === wanted.digest && key.instead < held.version,
      notes: fields.length > 0 ? notes : [],
      ...(key?.mark && { commit: key.mark.commit }),
    };
  }

  /**
   * A storage that builds itself says nothing of what is in it: there the digest in the key tells, if a version came
   * after it. A key over the version that was to be replaced is that of a registration which failed half way.
   */
  #differing({ serialized, build, digest }: WantedFlow, held: HeldFlow, key: Key | undefined): string[] {
    if (!build) return differences(serialized, held.serialized_flow);
    if (key && key.digest === digest && key.instead < held.version) return [];
    const { storage, run_config } = held.serialized_flow;
    return [...differences({ ...serialized, storage, run_config }, held.serialized_flow), 'storage'];
  }

  /** @returns the id of the version that is registered now, and what it should hold */
  async #write(wanted: WantedFlow, held: HeldFlow | undefined): Promise<{ id: string; serialized: SerializedFlow }> {
    const { build, clock } = wanted;
    const serialized = build ? settled(await build(), held?.serialized_flow, clock) : wanted.serialized;
    const create = async (key: string) => {
      const input = {
        project_id: await this.#projects.id(wanted.identity[0]),
        // Without a time in its header, so the same flow is the same text.
        serialized_flow: gzipSync(JSON.stringify(serialized)).toString('base64'),
        set_schedule_active: startsActive(held, wanted.startSchedule),
        idempotency_key: key,
      };
      const made = await this.#client.send(
        'mutation($input: create_flow_from_compressed_string_input!) ' +
          '{ create_flow_from_compressed_string(input: $input) { id } }',
        { input },
        z.object({ create_flow_from_compressed_string: z.object({ id: z.string() }) }),
      );
      return made.create_flow_from_compressed_string.id;
    };
    const instead = held?.version ?? 0;
    const key = { ...wanted, instead };
    const id = await create(idempotencyKey(key));
    // The server knew the key and left the version that differs: a registration failed half way.
    return { serialized, id: id === held?.id ? await create(idempotencyKey(key, true)) : id };
  }
}

function identity(wanted: WantedFlow): string {
  return JSON.stringify(wanted.identity);
}

/** @param field as `differences` names it, say `storage.key`; some stand for no field of a flow */
function changeOf(field: string, wanted: SerializedFlow, held: HeldFlow): Change {
  if (field === 'archived') return { field, before: true, after: false };
  const [first = '', part] = field.split('.');
  const at = (flow: SerializedFlow) => (part === undefined ? flow[first] : valueAt(flow, [first, part]));
  return shownChange(field, at(held.serialized_flow), at(wanted));
}

function scheduleNotes(wanted: WantedFlow): string[] {
  const missing = unscheduled(wanted.serialized);
  if (missing.length === 0) return [];
  return [
    `Warning: the server starts no scheduled run of ${titleOf(wanted)} while its clocks give no value for: ` +
      `${missing.join(', ')} (parameter_defaults, or the flow's default parameters on the server).`,
  ];
}
