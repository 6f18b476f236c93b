import type { Held, HeldImage } from './ecr';

/** What a deploy has to do. */
export type Decision =
  | { kind: 'nothing'; image: HeldImage }
  /** The image is there; these tags are missing or on another one. */
  | { kind: 'retag'; image: HeldImage; tags: string[] }
  | { kind: 'build'; createRepository: boolean };

/** @param tags the user's, without the content tag */
export function decide({ images }: Pick<Held, 'images'>, contentTag: string, tags: readonly string[]): Decision {
  const image = images?.get(contentTag);
  if (!image) return { kind: 'build', createRepository: images === undefined };
  const others = tags.filter((tag) => images?.get(tag)?.digest !== image.digest);
  return others.length === 0 ? { kind: 'nothing', image } : { kind: 'retag', image, tags: others };
}

/** Bytes that a pull of it would transfer; undefined for a list of several platforms' images. */
export function imageSize(manifest: string): number | undefined {
  const { config, layers } = JSON.parse(manifest) as { config?: { size?: number }; layers?: { size?: number }[] };
  return layers?.reduce((sum, { size = 0 }) => sum + size, config?.size ?? 0);
}
