import { canonicalJson, sha256 } from '../core/canonical';
import type { ContextFile } from './context';

/** All that decides what is in an image, as far as it is known without building. */
export interface Content {
  /** SHA-256 of its bytes. */
  dockerfile: string;
  files: readonly ContextFile[];
  buildArgs: Readonly<Record<string, string>>;
  /** Digests of images of other projects that the Dockerfile names without one. */
  bases: Readonly<Record<string, string>>;
  /** More build contexts by name: what lies in a folder, or an address. */
  contexts: Readonly<Record<string, readonly ContextFile[] | string>>;
  labels: Readonly<Record<string, string>>;
  target: string | undefined;
  platforms: readonly string[];
  /** More arguments of the build. */
  args: readonly string[];
  /** What is attached to the image, where anything is. */
  attached?: object;
}

/** Raise it if equal content must be built again. */
const FORM = 2;

/** Labels that say where and when an image was made. They are another's with every commit, and change nothing in it. */
const OF_A_COMMIT = /^org\.opencontainers\.image\.(?:created|revision|source|url|version)$/;

/** `nx-` and 40 digits: a tag under which ECR holds exactly the image of this source. */
export function contentTag({ labels, target, platforms, ...rest }: Content): string {
  const content = {
    ...rest,
    form: FORM,
    labels: Object.fromEntries(Object.entries(labels).filter(([name]) => !OF_A_COMMIT.test(name))),
    target: target ?? null,
    platforms: [...platforms].sort(),
  };
  return `nx-${sha256(canonicalJson(content)).slice(0, 40)}`;
}

const PROCESSORS: Partial<Record<NodeJS.Architecture, string>> = {
  x64: 'amd64',
  arm64: 'arm64',
  arm: 'arm/v7',
  ia32: '386',
};

/**
 * What an engine on this machine builds for when it is told nothing: said aloud, so that a colleague's laptop is not
 * taken for it.
 */
export function defaultPlatform(processor: NodeJS.Architecture = process.arch): string {
  return `linux/${PROCESSORS[processor] ?? processor}`;
}
