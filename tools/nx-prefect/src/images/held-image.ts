/** An image that ECR holds under a tag. */
export interface HeldImage {
  digest: string;
  manifest: string;
  mediaType: string | undefined;
}

interface Manifest {
  config?: { size?: number };
  layers?: { size?: number }[];
  /** Of a list: one of each platform, and what is attached to those. */
  manifests?: { digest: string; annotations?: Record<string, string> }[];
}

/** The images of a list without what is attached to them, else the image itself. */
export function digestsOf({ digest, manifest }: HeldImage): string[] {
  const { manifests } = JSON.parse(manifest) as Manifest;
  const isAttached = ({ annotations }: { annotations?: Record<string, string> }) =>
    annotations?.['vnd.docker.reference.type'] === 'attestation-manifest';
  return manifests?.filter((each) => !isAttached(each)).map((each) => each.digest) ?? [digest];
}

/**
 * The digest by which an image is run. What is attached holds times and ids of a build, and is another in each; the one
 * image in such a list is the same where its layers are.
 */
export function digestOf(image: HeldImage): string {
  const [only, ...others] = digestsOf(image);
  return only === undefined || others.length > 0 ? image.digest : only;
}

/** Bytes that a pull of it would transfer; undefined for a list, whose images it only names. */
export function sizeOf({ manifest }: HeldImage): number | undefined {
  const { config, layers } = JSON.parse(manifest) as Manifest;
  return layers?.reduce((sum, { size = 0 }) => sum + size, config?.size ?? 0);
}
