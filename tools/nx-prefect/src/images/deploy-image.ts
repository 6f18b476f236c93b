import { buildAndPush, buildOnly } from './build-and-push';
import { type DeployedImage, builtHere, deployedTo, wouldDeploy } from './deployed-image';
import { Destination } from './destination';
import { unpinned } from './dockerfile';
import { type ImageSource, readContent } from './image-source';
import { type DeployedTo, record } from './image-record';
import { locationsOf } from './registry-location';
import type { Build } from './run-build';
import type { DeployOptions } from '../options/docker-deploy-options';

/** What a deploy came to. */
export interface ImageOutcome {
  /** In each registry. */
  images: DeployedImage[];
  /** By what another image can start from it; undefined where nothing was built. */
  imageRef: string | undefined;
}

/** Deploys one project's image. @param say is told what is done on the way */
export async function deployImage(
  workspaceRoot: string,
  source: ImageSource,
  options: DeployOptions,
  { isShown, say }: Pick<Build, 'isShown' | 'say'>,
): Promise<ImageOutcome> {
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  const { tag: contentTag, count, size, codeLabels } = await readContent(workspaceRoot, source, options);
  const build: Build = { workspaceRoot, source, options, contentTag, codeLabels, isShown, say };
  noteUnpinned(source, say);
  if (!options.push) {
    const image = builtHere(build, await buildOnly(build));
    return { images: [image], imageRef: `${source.repository}:${contentTag}` };
  }

  const destinations = await Promise.all(locationsOf(options).map((location) => Destination.find(build, location)));
  if (options.dryRun) {
    const images = destinations.map((destination) => wouldDeploy(build, destination, { count, size }));
    return { images, imageRef: destinations[0]?.held };
  }
  for (const destination of destinations) destination.requireRepository();
  const isBuilt = destinations.some(({ held }) => held === undefined);
  const pushed = isBuilt ? await buildAndPush(build, destinations) : undefined;
  const images: DeployedImage[] = [];
  const deployed: DeployedTo[] = [];
  for (const destination of destinations) {
    const settled = await destination.settle(pushed);
    deployed.push(settled);
    images.push(deployedTo(build, destination, { ...settled, pushed, seconds: seconds() }));
  }
  return { images, imageRef: record(build, deployed) };
}

function noteUnpinned({ facts }: ImageSource, say: (line: string) => void): void {
  const names = unpinned(facts);
  if (names.length > 0)
    say(`Note: no digest pins ${names.join(', ')}: a newer one comes in only when something else changes.`);
}
