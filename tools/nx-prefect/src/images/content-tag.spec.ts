import { type Content, contentTag, defaultPlatform } from './content-tag';

const content: Content = {
  dockerfile: 'FROM base',
  files: [{ path: 'a', mode: '444', content: 'x' }],
  buildArgs: { A: '1', B: '2' },
  bases: { 'team/base:1': 'sha256:0' },
  contexts: { shared: [], base: 'docker-image://base:1' },
  labels: { team: 'data', 'org.opencontainers.image.revision': 'one' },
  target: undefined,
  platforms: ['linux/amd64', 'linux/arm64'],
  args: [],
};

test('is the same for the same content, in whatever order it is given', () => {
  expect(contentTag({ ...content, buildArgs: { B: '2', A: '1' }, platforms: ['linux/arm64', 'linux/amd64'] })).toBe(
    contentTag(content),
  );
  expect(contentTag(content)).toMatch(/^nx-[0-9a-f]{40}$/);
});

test.each<Partial<Content>>([
  { dockerfile: 'FROM base:2' },
  { files: [] },
  { files: [{ path: 'b', mode: '444', content: 'x' }] },
  { files: [{ path: 'a', mode: '555', content: 'x' }] },
  { files: [{ path: 'a', mode: '444', content: 'y' }] },
  { buildArgs: { A: '1' } },
  { contexts: { shared: [{ path: 'a', mode: '444', content: 'x' }], base: 'docker-image://base:1' } },
  { contexts: { shared: [], base: 'docker-image://base:2' } },
  { labels: { team: 'other' } },
  { bases: { 'team/base:1': 'sha256:1' } },
  { target: 'last' },
  { platforms: ['linux/amd64'] },
  { args: ['--network=none'] },
])('is another one with %j', (change) => {
  expect(contentTag({ ...content, ...change })).not.toBe(contentTag(content));
});

test('labels that say of which commit an image is do not count', () => {
  const labels = { team: 'data', 'org.opencontainers.image.revision': 'two', 'org.opencontainers.image.source': 'x' };
  expect(contentTag({ ...content, labels })).toBe(contentTag(content));
});

test.each([
  ['x64', 'linux/amd64'],
  ['arm64', 'linux/arm64'],
  ['riscv64', 'linux/riscv64'],
] as const)('a machine with %s builds for %s', (processor, platform) =>
  expect(defaultPlatform(processor)).toBe(platform),
);
