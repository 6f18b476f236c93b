import { decide } from './decision';
import type { HeldImage } from './held-image';

const image = (digest: string): HeldImage => ({ digest, manifest: '', mediaType: undefined });
const held = (images?: Record<string, HeldImage>) => ({
  repositoryUri: undefined,
  images: images && new Map(Object.entries(images)),
});

test.each([
  ['no repository', undefined, { kind: 'build', createRepository: true }],
  ['nothing of this content', { latest: image('a') }, { kind: 'build', createRepository: false }],
  ['both on one image', { 'nx-1': image('a'), latest: image('a') }, { kind: 'nothing', image: image('a') }],
  [
    'the tag moved away',
    { 'nx-1': image('a'), latest: image('b') },
    { kind: 'retag', image: image('a'), tags: ['latest'] },
  ],
  ['the tag is missing', { 'nx-1': image('a') }, { kind: 'retag', image: image('a'), tags: ['latest'] }],
])('%s', (_, images, expected) => expect(decide(held(images), 'nx-1', ['latest'])).toEqual(expected));

test('without tags of the user the content tag is enough', () => {
  expect(decide(held({ 'nx-1': image('a') }), 'nx-1', [])).toEqual({ kind: 'nothing', image: image('a') });
});
