import type { DockerfileFacts } from './dockerfile';

export interface NamedBy {
  /** Nx project; undefined at the workspace root. */
  project: string | undefined;
  dockerfile: DockerfileFacts;
  /** Version of Prefect that the lock governing the project pins. */
  lockedPrefect: string | undefined;
}

/**
 * `custom-prefect-3.8.8-python3.11` at the root, `worker-prefect-3.8.8-python3.11` for a project called worker: two
 * projects never share a repository by default. A version that nothing says is left out.
 */
export function defaultImageName({ project, dockerfile: { args, bases }, lockedPrefect }: NamedBy): string {
  const last = bases.at(-1) ?? '';
  const prefect = args['PREFECT_VERSION'] ?? /(?:^|\/)prefect:(\d+(?:\.\d+)*)/.exec(last)?.[1] ?? lockedPrefect;
  const python =
    args['PYTHON_VERSION'] ?? /(?:^|\/)python:(\d+\.\d+)/.exec(last)?.[1] ?? /-python(\d+\.\d+)/.exec(last)?.[1];
  const words = [
    project ?? 'custom',
    ...(prefect === undefined ? (project === undefined ? ['prefect'] : []) : ['prefect', prefect]),
    ...(python === undefined ? [] : [`python${/^\d+(\.\d+)?/.exec(python)?.[0] ?? python}`]),
  ];
  return words.map(asWord).join('-');
}

/** In the letters that a repository's name may have. */
function asWord(word: string): string {
  return word
    .toLowerCase()
    .replace(/^@/, '')
    .replace(/[^a-z0-9._/-]+/g, '-')
    .replace(/([._/-])[._/-]+/g, '$1')
    .replace(/^[._/-]+|[._/-]+$/g, '');
}
