import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeWhole } from '../core/write-file';
import { type HeldImage, digestOf } from './held-image';
import type { Build } from './run-build';

/** Where ECR holds an image. */
export interface DeployedTo {
  repositoryUri: string;
  image: HeldImage;
}

/** What the declared output holds of one registry. */
interface Recorded {
  repositoryUri: string;
  digest: string;
  /** `<repositoryUri>@<digest>`: what a flow's run configuration can name for good. */
  imageRef: string;
}

/**
 * Writes the declared output: where the image is, first of all in the first registry, and in all of them where there
 * are several.
 *
 * @returns `<repositoryUri>@<digest>` in the first registry
 */
export function record(
  { workspaceRoot, source, options: { tags }, contentTag }: Build,
  deployed: readonly DeployedTo[],
): string {
  const destinations = deployed.map(({ repositoryUri, image }): Recorded => {
    const digest = digestOf(image);
    return { repositoryUri, digest, imageRef: `${repositoryUri}@${digest}` };
  });
  const { repositoryUri, digest, imageRef } = destinations[0]!;
  const text = {
    repositoryUri,
    // The first of the user's tags, else the content tag.
    tag: tags[0] ?? contentTag,
    contentTag,
    digest,
    imageRef,
    ...(destinations.length > 1 ? { destinations } : {}),
  };
  const file = join(workspaceRoot, source.output);
  mkdirSync(dirname(file), { recursive: true });
  writeWhole(file, `${JSON.stringify(text, null, 2)}\n`);
  return imageRef;
}
