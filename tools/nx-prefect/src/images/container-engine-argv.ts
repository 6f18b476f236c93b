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
  /**
   * buildx only: pushes as it builds, since docker's own store holds one platform, and writes the digest to this file.
   */
  pushTo?: string;
}

/** Arguments with which an engine builds. Nothing secret is in them: secrets go by name. */
export function buildArgv({ name, builder }: Engine, request: BuildRequest): string[] {
  const isList = request.platforms.length > 1;
  const words = [
    ...(builder === 'buildx' ? ['buildx', 'build'] : ['build']),
    '--file',
    request.dockerfile,
    ...(request.pushTo === undefined
      ? builder === 'buildx'
        ? ['--load']
        : []
      : ['--push', '--metadata-file', request.pushTo]),
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

/** @param digestFile where podman and buildah write the digest; docker prints it */
export function pushArgv(
  { name }: Engine,
  reference: string,
  { isList, digestFile, from }: { isList: boolean; digestFile: string; from: string },
): string[] {
  if (name === 'docker') return ['push', reference];
  if (isList) return ['manifest', 'push', '--all', '--digestfile', digestFile, from, `docker://${reference}`];
  return ['push', '--digestfile', digestFile, reference];
}

/** Prints `repository:tag`, one a line. */
export function listTagsArgv({ name }: Engine, repository: string): string[] {
  if (name === 'buildah') return ['images', '--noheading', '--format', '{{.Name}}:{{.Tag}}', repository];
  return ['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}', repository];
}

export function removeTagArgv({ name }: Engine, reference: string): string[] {
  return name === 'buildah' ? ['rmi', reference] : ['image', 'rm', reference];
}
