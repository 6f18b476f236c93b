import type { ExecutorContext } from '@nx/devkit';
import { FlowError } from '../core/errors';
import { grouped } from '../core/grouped';
import type { ImageSource } from '../images/image-source';
import { locationsOf } from '../images/registry-location';
import { type DeployOptions, schema } from '../options/docker-deploy-options';

/** An image that a run is to deploy. */
export interface Image {
  /** Id of the task. */
  task: string;
  options: DeployOptions;
  source: ImageSource;
}

/** Two projects that put one tag on their images would take it from each other in every run. */
interface Place {
  /** Registry, repository and tag, for comparison. */
  key: string;
  /** `team/flows:latest` */
  name: string;
}

const NEXT = 'Give each project an "imageName", or "tags", of its own.';

function placesOf(options: DeployOptions, repository: string): Place[] {
  return locationsOf(options).flatMap((location) =>
    options.tags.map((tag) => {
      const name = `${repository}:${tag}`;
      return { key: JSON.stringify([location, name]), name };
    }),
  );
}

/** @returns the error of each image that shares a tag with another one of this run, by task id */
export function imageClashes(images: readonly Image[]): Map<string, FlowError> {
  const users = images.flatMap(({ task, options, source }) =>
    placesOf(options, source.repository).map((place) => ({ ...place, task, project: source.project })),
  );
  const clashing = [...grouped(users, ({ key }) => key).values()].filter(({ length }) => length > 1);
  return new Map(
    clashing.flatMap((group) => {
      const projects = group.map(({ project }) => project).join(' and ');
      return group.map(({ task, project, name }): [string, FlowError] => [
        task,
        new FlowError({
          code: 'image-clash',
          flow: project,
          what: `${name} would be the image of ${projects}: each would take the tag from the other.`,
          next: NEXT,
        }),
      ]);
    }),
  );
}

/** What to say of projects outside of this run that name the same image. */
export function clashesOutside(images: readonly Image[], { projectGraph }: ExecutorContext): string[] {
  const inRun = new Set(images.map(({ source }) => source.project));
  return Object.values(projectGraph.nodes).flatMap(({ name: project, data }) => {
    const target = data.targets?.['docker-deploy'];
    if (!target || inRun.has(project)) return [];
    const { data: given } = schema.safeParse(target.options ?? {});
    if (given?.imageName === undefined) return [];
    const theirs = new Set(placesOf(given, given.imageName).map(({ key }) => key));
    return images.flatMap(({ options, source }) => {
      const shared = placesOf(options, source.repository).find(({ key }) => theirs.has(key));
      if (!shared) return [];
      const both = `${source.project} and of ${project}`;
      return [`Note: ${shared.name} is the image of ${both}: each takes the tag from the other. ${NEXT}`];
    });
  });
}
