import type { Held } from './ecr';
import type { HeldImage } from './held-image';

/** The image is there; these tags are missing or on another one. */
export type Present = { kind: 'nothing'; image: HeldImage } | { kind: 'retag'; image: HeldImage; tags: string[] };

/** What a deploy has to do in one registry. */
export type Decision = Present | { kind: 'build'; createRepository: boolean };

/** @param tags the user's, without the content tag */
export function decide({ images }: Pick<Held, 'images'>, contentTag: string, tags: readonly string[]): Decision {
  const image = images?.get(contentTag);
  if (!image) return { kind: 'build', createRepository: images === undefined };
  const others = tags.filter((tag) => images?.get(tag)?.digest !== image.digest);
  return others.length === 0 ? { kind: 'nothing', image } : { kind: 'retag', image, tags: others };
}
