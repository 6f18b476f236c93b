import { FlowError } from '../core/errors';
import type { ProjectImages } from '../images/project-images';
import { s3Parts } from '../options/place-types';
import type { RegisterOptions } from '../options/register-options';
import type { CodeStore, StoreKind, StorePlace, StoreSurroundings } from './code-store';
import { gitStores } from './git/git-code-store';
import { imageStores } from './image/image-code-store';
import { localStores } from './local/local-code-store';
import { pullStores } from './pull/declared-pull-steps';
import { s3Stores } from './s3/s3-code-store';

/** Every kind of store: a new one is a folder beside these, and a line here. */
const KINDS: readonly StoreKind[] = [localStores, s3Stores, gitStores, imageStores, pullStores];

/** Where options say that code lies. @throws FlowError `bad-option` where they name two places */
export function placeOf(flow: string, options: RegisterOptions): StorePlace {
  const { code, s3Bucket, s3Prefix, s3Credentials, gitCredentials, gitRepository, awsProfile, awsRegion } = options;
  const short = s3Bucket === undefined ? undefined : s3Url(s3Bucket, s3Prefix);
  const parts = code === undefined ? undefined : s3Parts(code);
  const long = parts ? s3Url(parts.bucket, parts.prefix) : code && `${code}:`;
  if (long !== undefined && short !== undefined && long !== short) {
    throw new FlowError({
      code: 'bad-option',
      flow,
      what: `The options name two places for the code: code is ${code}, and s3Bucket and s3Prefix mean ${short}.`,
      next: `Leave s3Bucket out; where the bucket is meant, write "code": "${short}".`,
    });
  }
  const url = long ?? short ?? 'local:';
  if (url === 'image:') return { url: `${url}${projectOf(flow, options)}`, directory: options.imageDirectory };
  if (url === 'git:') return { url: `${url}${gitRepository ?? ''}`, credentials: gitCredentials };
  return { url, credentials: s3Parts(url) && s3Credentials, awsProfile, awsRegion };
}

/** The project whose image holds a flow's code. @throws FlowError `bad-option` */
function projectOf(flow: string, { image, imageProject }: RegisterOptions): string {
  if (image === undefined) return imageProject ?? flow;
  throw new FlowError({
    code: 'bad-option',
    flow,
    what: `The option "code" is image, and "image" names ${image}, whose code nothing tells.`,
    next: 'Name the project that makes the image: "image": {"projectOf": "<project>"}.',
  });
}

export function s3Url(bucket: string, prefix: string): string {
  return `s3://${bucket}/${prefix}`;
}

/**
 * Opens stores; one object for each place, so that its content is listed once a run.
 * @param say told that one waits for a store
 * @param images of the run, for code that lies in one
 */
export function storeOpener(
  workspaceRoot: string,
  say: (line: string) => void = () => undefined,
  images?: ProjectImages,
): (place: StorePlace) => CodeStore {
  const stores = new Map<string, CodeStore>();
  return (place) => {
    const key = JSON.stringify([
      place.url,
      place.credentials,
      place.directory,
      place.awsProfile,
      place.awsRegion,
      place.s3Endpoint,
    ]);
    let store = stores.get(key);
    if (!store) stores.set(key, (store = open(place, { workspaceRoot, images, say })));
    return store;
  };
}

function open(place: StorePlace, surroundings: StoreSurroundings): CodeStore {
  const kind = KINDS.find(({ scheme }) => place.url.startsWith(`${scheme}:`));
  if (!kind) throw new Error(`No store is known for ${place.url}.`);
  return kind.open(place, surroundings);
}
