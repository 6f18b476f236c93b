import * as z from 'zod';
import type { Store } from '../data/store';
import type { Json } from '../data/tables';
import { edge, isObject, task } from './serialized';

/** register_tasks of src/prefect_server/api/flows.py: new slugs are added to the table and to the serialized flow. */
export function registerTasks(store: Store, flowId: string, serialized: Json): true {
  const flow = store.get('flow', flowId);
  if (!flow) throw new Error('Invalid flow ID');
  const tasks = z.array(task).parse(serialized);
  const known = new Set(store.where('task', { flow_id: flowId }).map(({ slug }) => slug));
  for (const { id, name, slug, type, max_retries, tags, retry_delay, trigger, auto_generated, cache_key } of tasks) {
    if (known.has(slug)) continue;
    known.add(slug);
    store.insert('task', {
      ...(id === undefined ? {} : { id }),
      tenant_id: flow.tenant_id,
      flow_id: flowId,
      name: name ?? null,
      slug,
      type: type ?? null,
      max_retries,
      tags,
      retry_delay: retry_delay == null ? null : String(retry_delay),
      trigger: trigger ?? null,
      auto_generated,
      cache_key: cache_key ?? null,
      mapped: false,
      is_root_task: false,
      is_terminal_task: false,
      is_reference_task: false,
    });
  }
  const whole = isObject(flow.serialized_flow) ? flow.serialized_flow : {};
  const current = Array.isArray(whole['tasks']) ? (whole['tasks'] as Json[]) : [];
  const slugs = new Set(current.map(slugOf));
  const added = (serialized as Json[]).filter((one) => !slugs.has(slugOf(one)));
  if (added.length > 0 || !Array.isArray(whole['tasks']))
    store.update('flow', flowId, { serialized_flow: { ...whole, tasks: [...current, ...added] } });
  return true;
}

/** register_edges of the same file; they stay out of the serialized flow, which then has those that it came with. */
export function registerEdges(store: Store, flowId: string, serialized: Json): true {
  const flow = store.get('flow', flowId);
  if (!flow) throw new Error('Invalid flow ID');
  const ids = new Map(store.where('task', { flow_id: flowId }).map(({ id, slug }) => [slug, id]));
  const known = new Set(
    store
      .where('edge', { flow_id: flowId })
      .map(({ upstream_task_id, downstream_task_id, key }) => `${upstream_task_id} ${downstream_task_id} ${key}`),
  );
  for (const { upstream_task, downstream_task, key = null, mapped } of z.array(edge).parse(serialized)) {
    const [upstream, downstream] = [ids.get(upstream_task), ids.get(downstream_task)];
    if (!upstream || !downstream)
      throw new Error('Edges could not be registered - some edges reference tasks that do not exist within this flow.');
    if (known.has(`${upstream} ${downstream} ${key}`)) continue;
    known.add(`${upstream} ${downstream} ${key}`);
    store.insert('edge', {
      tenant_id: flow.tenant_id,
      flow_id: flowId,
      upstream_task_id: upstream,
      downstream_task_id: downstream,
      key,
      mapped,
    });
  }
  return true;
}

function slugOf(serialized: Json): Json | undefined {
  return isObject(serialized) ? serialized['slug'] : undefined;
}
