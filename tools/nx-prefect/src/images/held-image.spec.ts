import { type HeldImage, digestOf, digestsOf, sizeOf } from './held-image';

const held = (manifest: object): HeldImage => ({
  digest: 'sha256:0',
  manifest: JSON.stringify(manifest),
  mediaType: undefined,
});
const image = held({ config: { size: 10 }, layers: [{ size: 200 }, { size: 3000 }] });
const attached = {
  digest: 'sha256:a',
  annotations: { 'vnd.docker.reference.type': 'attestation-manifest', 'vnd.docker.reference.digest': 'sha256:1' },
};

test('the size is that of the layers and the config; a list of images has none of its own', () => {
  expect(sizeOf(image)).toBe(3210);
  expect(sizeOf(held({ manifests: [{ digest: 'sha256:1' }] }))).toBeUndefined();
});

test('what is attached to an image changes neither its digest nor what is scanned', () => {
  expect(digestOf(image)).toBe('sha256:0');
  const list = held({ manifests: [{ digest: 'sha256:1' }, attached] });
  expect(digestOf(list)).toBe('sha256:1');
  expect(digestsOf(list)).toEqual(['sha256:1']);
});

test('a list of several platforms is run by its own digest', () => {
  const list = held({ manifests: [{ digest: 'sha256:1' }, { digest: 'sha256:2' }, attached] });
  expect(digestOf(list)).toBe('sha256:0');
  expect(digestsOf(list)).toEqual(['sha256:1', 'sha256:2']);
});
