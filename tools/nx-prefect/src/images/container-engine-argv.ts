import type { Engine } from './container-engine';

export interface BuildRequest {
  /** Absolute paths. */
  dockerfile: string;
  context: string;
  ignoreFile: string | undefined;
  /** Names that the image gets. With several platforms and podman or buildah, the first names the list of images. */
  references: readonly string[];
  platforms: readonly string[];
  buildArgs: Readonly<Record<string, string>>;
  /** By name: an absolute path, or an address. */
  buildContexts: Readonly<Record<string, string>>;
  labels: Readonly<Record<string, string>>;
  secrets: Readonly<Record<string, { env: string } | { file: string }>>;
  ssh: readonly string[];
  target: string | undefined;
  cacheFrom: readonly string[];
  cacheTo: readonly string[];
  args: readonly string[];
  /** Without cached layers. */
  force: boolean;
  /** buildx only: an image that makes a list of packages, or its own; and how much is told of the build. */
  sbom: string | true | undefined;
  provenance: 'min' | 'max' | undefined;
  /** buildx only: pushes as it builds. */
  isPushed: boolean;
}

/** Arguments with which an engine builds. Nothing secret is in them: secrets go by name. */
export function buildArgv({ name, builder }: Engine, request: BuildRequest): string[] {
  const isList = request.platforms.length > 1;
  const words = [
    ...(builder === 'buildx' ? ['buildx', 'build'] : ['build']),
    '--file',
    request.dockerfile,
    ...(request.isPushed ? ['--push'] : builder === 'buildx' ? ['--load'] : []),
    ...(request.sbom === undefined ? [] : [request.sbom === true ? '--sbom=true' : `--sbom=generator=${request.sbom}`]),
    ...(request.provenance === undefined ? [] : [`--provenance=mode=${request.provenance}`]),
    ...(name === 'docker' || !isList
      ? request.references.flatMap((reference) => ['--tag', reference])
      : ['--manifest', request.references[0] ?? '']),
    '--platform',
    request.platforms.join(','),
    ...Object.entries(request.buildArgs).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]),
    ...Object.entries(request.buildContexts).flatMap(([key, place]) => ['--build-context', `${key}=${place}`]),
    ...Object.entries(request.labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]),
    ...request.ssh.flatMap((key) => ['--ssh', key]),
    ...(request.force ? ['--no-cache'] : []),
    ...Object.entries(request.secrets).flatMap(([id, from]) => ['--secret', secretOf(name, id, from)]),
    ...(request.target === undefined ? [] : ['--target', request.target]),
    ...request.cacheFrom.flatMap((cache) => ['--cache-from', cache]),
    ...request.cacheTo.flatMap((cache) => ['--cache-to', cache]),
    // buildah reads and writes no layers otherwise.
    ...(name === 'buildah' && request.cacheTo.length > 0 ? ['--layers'] : []),
    ...(name !== 'docker' && request.ignoreFile !== undefined ? ['--ignorefile', request.ignoreFile] : []),
    ...request.args,
  ];
  return [...words, request.context];
}

function secretOf(name: Engine['name'], id: string, from: { env: string } | { file: string }): string {
  if ('file' in from) return `id=${id},src=${from.file}`;
  return name === 'docker' ? `id=${id},env=${from.env}` : `id=${id},src=${from.env},type=env`;
}

/** The password comes over standard input. */
export function loginArgv(username: string, host: string): string[] {
  return ['login', '--username', username, '--password-stdin', host];
}

/** @param from name in the engine */
export function pushArgv(
  { name }: Engine,
  reference: string,
  { isList, from }: { isList: boolean; from: string },
): string[] {
  if (name !== 'docker' && isList) return ['manifest', 'push', '--all', from, `docker://${reference}`];
  return ['push', reference];
}

/** How an engine reads layers from a repository and writes them there. */
export function layerCache({ name }: Engine, repository: string): { from: string[]; to: string[] } {
  if (name !== 'docker') return { from: [repository], to: [repository] };
  const place = `type=registry,ref=${repository}:layers`;
  // ECR takes a cache as an image only.
  return { from: [place], to: [`${place},mode=max,image-manifest=true,oci-mediatypes=true`] };
}

/** Prints `repository:tag`, one a line. */
export function listTagsArgv({ name }: Engine, repository: string): string[] {
  if (name === 'buildah') return ['images', '--noheading', '--format', '{{.Name}}:{{.Tag}}', repository];
  return ['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}', repository];
}

export function removeTagArgv({ name }: Engine, reference: string): string[] {
  return name === 'buildah' ? ['rmi', reference] : ['image', 'rm', reference];
}
