/** A project with an image, by what Dockerfiles call that. */
export interface NamedImage {
  project: string;
  /** The option; undefined = a repository that begins with the project's name. */
  imageName: string | undefined;
}

/**
 * Whether an image's name is that of a project's image: the project's name, or its repository, wherever that lies.
 *
 * @param image as a Dockerfile has it: `image-base`, `team/base:latest`,
 * `123456789012.dkr.ecr.us-east-1.amazonaws.com/team/base@sha256:...`
 */
export function isImageOf(image: string, { project, imageName }: NamedImage): boolean {
  const name = image
    .replace(/@.*$/s, '')
    .replace(/:[^/:]*$/, '')
    .replace(/^[^/]+\.amazonaws\.com(?:\.cn)?\//, '');
  // With a tag it may be an image of Docker's own registry that happens to be called so.
  if (image === project || name === imageName) return true;
  if (imageName !== undefined || !name.startsWith(project)) return false;
  return name === project ? saysWhere(image) : VERSIONS.test(name.slice(project.length));
}

/** What a repository's default name has behind the project's. */
const VERSIONS = /^(?:-prefect-[\w.]+)?(?:-python[\d.]+)?$/;

/** Whether the engine finds an image by this name alone: it says which registry of AWS. */
export function saysWhere(image: string): boolean {
  return /^[^/]+\.amazonaws\.com(?:\.cn)?\//.test(image);
}
