import type { ExecutorContext, Task, TaskGraph } from '@nx/devkit';
import { Lanes } from '../core/lanes';
import { deployImage } from '../images/deploy-image';
import { amongProjects, deployedImage } from '../images/image-of-project';
import { imageSource } from '../images/image-source';
import { schema } from '../options/docker-deploy-options';
import { parseOptions } from '../options/parse-options';
import type { Result } from '../report/result';
import { type Image, clashesOutside, imageClashes } from './image-clashes';
import { type Outcome, failed } from './outcome';

/** As many as Nx runs tasks at once, if nobody tells it otherwise. */
const AT_ONCE = 3;

/**
 * Deploys the images of a run, each as soon as those that it starts from are deployed. Where one fails, those that
 * start from it are left out: Nx skips them.
 *
 * @param options by task id
 * @param say is told what is done, as it is done
 */
export async function* dockerDeploy(
  { tasks, dependencies }: Pick<TaskGraph, 'tasks' | 'dependencies'>,
  options: Record<string, unknown>,
  context: ExecutorContext,
  say: (line: string) => void,
): AsyncGenerator<Outcome> {
  const all = Object.values(tasks);
  const prepared = new Map(all.map((task) => [task.id, settled(() => prepare(task, options[task.id], context))]));
  const images = [...prepared.values()].filter((image): image is Image => !(image instanceof Error));
  const clashes = imageClashes(images);
  for (const line of clashesOutside(images, context)) say(line);
  const isAlone = all.length === 1;
  const lanes = new Lanes(AT_ONCE);
  const deployed = new Map<string, string | undefined>();
  const refOf = (project: string) =>
    deployed.has(project) ? deployed.get(project) : deployedImage(project, context, say);
  const ended = new Map<string, Promise<Outcome | undefined>>();

  const deploy = (task: Task): Promise<Outcome | undefined> => {
    const outcome = ended.get(task.id) ?? after(task);
    ended.set(task.id, outcome);
    return outcome;
  };
  const after = async (task: Task): Promise<Outcome | undefined> => {
    const before = (dependencies[task.id] ?? []).flatMap(({ id }) => tasks[id] ?? []);
    const outcomes = await Promise.all(before.map(deploy));
    if (outcomes.some((outcome) => outcome === undefined || outcome.kind === 'failed')) return undefined;
    return lanes.run(() => one(task));
  };
  const one = async ({ id, target: { project } }: Task): Promise<Outcome> => {
    const named = (line: string) => (isAlone ? line : `${project}: ${line}`);
    try {
      const image = clashes.get(id) ?? prepared.get(id)!;
      if (image instanceof Error) throw image;
      const how = { isShown: isAlone, say: (line: string) => say(named(line)) };
      const { source, options: on } = await amongProjects(image.source, image.options, context, refOf);
      const { images: done, imageRef } = await deployImage(context.root, source, on, how);
      deployed.set(project, imageRef);
      const results = done.map(({ action, registry, details }): Result => {
        const title = registry === undefined ? project : `${project} in ${registry}`;
        return { title, action, details, fields: [], notes: [] };
      });
      const kind = done.every(({ action }) => action === 'unchanged') ? 'unchanged' : 'done';
      return { task: id, kind, lines: done.map(({ line }) => named(line)), results };
    } catch (error) {
      return failed(id, error);
    }
  };

  const running = new Map(all.map((task) => [task.id, deploy(task).then((outcome) => ({ id: task.id, outcome }))]));
  while (running.size > 0) {
    const { id, outcome } = await Promise.race(running.values());
    running.delete(id);
    if (outcome) yield outcome;
  }
}

function prepare(task: Task, given: unknown, { root: workspaceRoot, projectGraph }: ExecutorContext): Image {
  const { project, target } = task.target;
  const options = parseOptions(schema, `${project}:${target}`, given);
  const projectRoot = projectGraph.nodes[project]?.data.root ?? '.';
  return { task: task.id, options, source: imageSource({ workspaceRoot, project, projectRoot }, options) };
}

function settled<T>(action: () => T): T | Error {
  try {
    return action();
  } catch (error) {
    return error as Error;
  }
}
