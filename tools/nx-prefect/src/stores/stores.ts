import type { RegisterOptions } from '../options/register-options';
import type { CodeStore, StoreKind, StorePlace, StoreSurroundings } from './code-store';
import { localStores } from './local/local-code-store';
import { s3Stores } from './s3/s3-code-store';

/** Every kind of store: a new one is a folder beside these, and a line here. */
const KINDS: readonly StoreKind[] = [localStores, s3Stores];

/** Where options say that code lies. */
export function placeOf({ s3Bucket, s3Prefix, awsProfile, awsRegion }: RegisterOptions): StorePlace {
  return { url: s3Bucket === undefined ? 'local:' : s3Url(s3Bucket, s3Prefix), awsProfile, awsRegion };
}

export function s3Url(bucket: string, prefix: string): string {
  return `s3://${bucket}/${prefix}`;
}

/**
 * Opens stores; one object for each place, so that its content is listed once a run.
 * @param say told that one waits for a store
 */
export function storeOpener(
  workspaceRoot: string,
  say: (line: string) => void = () => undefined,
): (place: StorePlace) => CodeStore {
  const stores = new Map<string, CodeStore>();
  return (place) => {
    const key = JSON.stringify([place.url, place.awsProfile, place.awsRegion, place.s3Endpoint]);
    let store = stores.get(key);
    if (!store) stores.set(key, (store = open(place, { workspaceRoot, say })));
    return store;
  };
}

function open(place: StorePlace, surroundings: StoreSurroundings): CodeStore {
  const kind = KINDS.find(({ scheme }) => place.url.startsWith(`${scheme}:`));
  if (!kind) throw new Error(`No store is known for ${place.url}.`);
  return kind.open(place, surroundings);
}
