import { posix } from 'node:path';

/** What of a project and its options says where its image comes from. */
export interface ImagePlace {
  /** Relative to the workspace root; `.` for the root itself. */
  projectRoot: string;
  dockerfile?: string | undefined;
  context?: string | undefined;
}

/**
 * Relative to the workspace root: the Dockerfile of the project's folder and its own folder, unless options say
 * otherwise.
 */
export function placesOf({ projectRoot, dockerfile, context }: ImagePlace): { dockerfile: string; context: string } {
  const file = posix.normalize(dockerfile ?? posix.join(projectRoot, 'Dockerfile'));
  return { dockerfile: file, context: posix.normalize(context ?? posix.dirname(file)).replace(/(.)\/$/, '$1') };
}

/** Where every `docker-deploy` writes, also while another one reads its context. */
export const OUTPUTS = 'dist/docker';

/** The declared output of a project's `docker-deploy`. */
export function outputOf(project: string): string {
  return `${OUTPUTS}/${project}.json`;
}

/** Whether a build context that has a name is a folder of the workspace, and not an address. */
export function isFolder(place: unknown): place is string {
  return typeof place === 'string' && !/^(?:[a-z][a-z0-9+-]*:\/\/|git@)/.test(place);
}
