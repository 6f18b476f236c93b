import { canonicalJson, sha256 } from '../core/canonical';
import type { ContextFile } from './context';

/** All that decides what is in an image, as far as it is known without building. */
export interface Content {
  dockerfile: string;
  files: readonly ContextFile[];
  buildArgs: Readonly<Record<string, string>>;
  target: string | undefined;
  platforms: readonly string[];
  /** More arguments of the build. */
  args: readonly string[];
}

/** Raise it when equal content is to be built anew. */
const FORM = 1;

/** `nx-` and 40 digits: a tag under which ECR holds exactly what this source gives. */
export function contentTag({ dockerfile, files, buildArgs, target, platforms, args }: Content): string {
  const content = {
    form: FORM,
    dockerfile: sha256(dockerfile),
    files,
    buildArgs,
    target: target ?? null,
    platforms: [...platforms].sort(),
    args,
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
