import type { ExecutorContext } from '@nx/devkit';
import { Ecr } from './ecr';
import type { ImageConfig } from './image-config';
import { type ImageInEcr, imageWithCode } from './image-of-project';

/** What `register` asks of the images that hold the code of flows; each question once in a run. */
export class ProjectImages {
  readonly #current = new Map<string, Promise<ImageInEcr>>();
  readonly #configs = new Map<string, Promise<ImageConfig | undefined>>();

  constructor(
    private readonly context: ExecutorContext,
    private readonly say: (line: string) => void,
  ) {}

  /** The image that ECR holds of a project, and the labels that this source would give it. @throws FlowError */
  current(project: string): Promise<ImageInEcr> {
    return once(this.#current, project, () => imageWithCode(project, this.context, this.say));
  }

  /** What an image of a project says of itself; undefined where ECR has it no longer, or never had. */
  async config(project: string, ref: string): Promise<ImageConfig | undefined> {
    const { ref: current, repository, location } = await this.current(project);
    const [uri, digest] = ref.split('@');
    if (digest === undefined || uri !== current.split('@')[0]) return undefined;
    return once(this.#configs, ref, () => new Ecr(location, this.say).config(repository, digest));
  }
}

function once<T>(known: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
  const answer = known.get(key) ?? ask();
  known.set(key, answer);
  return answer;
}
