import { type NamedImage, isImageOf } from '../images/base-images';

/**
 * Projects whose images a Dockerfile names, for the order of deploys. It reads words of FROM, ARG and `--from` alone:
 * where one of them stands in a heredoc, that costs an edge.
 */
export function baseProjects(dockerfile: string, images: readonly NamedImage[]): string[] {
  const words = [...dockerfile.matchAll(/^\s*(?:FROM|ARG)\s+(.*)$|\bfrom=([^\s,]+)/gim)].flatMap(
    ([, line = '', from = '']) => [...line.split(/[\s=]+/), from].map((word) => word.replace(/^["']|["']$/g, '')),
  );
  return images.filter((image) => words.some((word) => isImageOf(word, image))).map(({ project }) => project);
}
