import { posix } from 'node:path';
import { FlowError } from '../../core/errors';
import { codeLabel, REST } from '../../images/flow-code';
import type { ImageConfig } from '../../images/image-config';
import type { ProjectImages } from '../../images/project-images';
import type { Code, Delivery, DeliveryRequest, StoreKind } from '../code-store';
import { searchSteps } from '../search-steps';
import { PlaceOfOthers } from '../place-of-others';

/**
 * The image that `docker-deploy` makes of a project. Its labels tell whose code it holds: a registration keeps its
 * image for as long as neither the flow's own code nor the rest changed, so one image serves many flows.
 */
export class ImageCodeStore extends PlaceOfOthers {
  readonly choosesImage = true;

  /** @param directory folder of the image that holds the workspace's files; undefined = its working directory */
  constructor(
    private readonly project: string,
    private readonly directory: string | undefined,
    private readonly images: Pick<ProjectImages, 'current' | 'config'>,
  ) {
    super('image');
  }

  async delivery(code: Code, { flow, held }: DeliveryRequest): Promise<Delivery> {
    const { ref, labels } = await this.images.current(this.project);
    const [name, value] = codeLabel(flow, code.digest);
    const wanted = { [name]: value, [REST]: labels[REST] };
    for (const image of new Set([held?.image, ref])) {
      const config = image === undefined ? undefined : await this.images.config(this.project, image);
      if (image !== undefined && config !== undefined && hasLabels(config, wanted))
        return { image, pullSteps: this.#steps(config, code) };
    }
    throw new FlowError({
      code: 'image-outdated',
      flow,
      what:
        name in labels
          ? `The image ${ref} was not built from this source.`
          : `The build of the image of ${this.project} is not sent all files of the flow.`,
      next:
        name in labels
          ? `Run: npx nx run ${this.project}:docker-deploy`
          : 'Let its ignore file leave them in, and its Dockerfile copy them; then run docker-deploy.',
    });
  }

  #steps({ workingDirectory }: ImageConfig, { shipped = [] }: Code): Delivery['pullSteps'] {
    const directory = this.directory ?? workingDirectory;
    return [
      { 'prefect.deployments.steps.set_working_directory': { directory } },
      ...searchSteps(shipped, (root) => posix.join(directory, root)),
    ];
  }
}

export const imageStores: StoreKind = {
  scheme: 'image',
  open({ url, directory }, { images }) {
    if (images === undefined) throw new Error('Nothing tells which images there are.');
    return new ImageCodeStore(url.slice('image:'.length), directory, images);
  },
};

function hasLabels({ labels }: ImageConfig, wanted: Record<string, string | undefined>): boolean {
  return Object.entries(wanted).every(([name, value]) => value !== undefined && labels[name] === value);
}
