import type { ExecutorContext } from '@nx/devkit';
import { schema } from '../options/docker-deploy-options';
import { readDockerfile } from './dockerfile';
import { amongProjects } from './image-of-project';
import type { ImageSource } from './image-source';

const REGISTRY = '123456789012.dkr.ecr.us-east-1.amazonaws.com';
const REF = `${REGISTRY}/team/tools@sha256:1`;

/** What a build of a Dockerfile is given, in a workspace whose project image-tools makes `team/tools`. */
async function given(dockerfile: string) {
  const source = { project: 'x', dockerfile: 'Dockerfile', facts: readDockerfile(dockerfile) } as ImageSource;
  const data = { targets: { 'docker-deploy': { options: { imageName: 'team/tools' } } } };
  const context = { projectGraph: { nodes: { 'image-tools': { name: 'image-tools', data } } } };
  const found = await amongProjects(source, schema.parse({}), context as unknown as ExecutorContext, () => REF);
  const { bases, sources } = found.source.facts;
  return { buildArgs: found.options.buildArgs, pulled: found.source.pulled, names: [...bases, ...sources] };
}

test.each([
  ['ARG T=team/tools\nFROM ${T}\n', { buildArgs: { T: REF }, pulled: {}, names: [REF] }],
  [
    'ARG T=team/tools\nFROM $T AS tools\nFROM scratch\nCOPY --from=tools /a /b\n',
    { buildArgs: { T: REF }, pulled: {}, names: [REF] },
  ],
  [
    `FROM scratch\nCOPY --from=${REGISTRY}/team/tools:latest /a /b\n`,
    { buildArgs: {}, pulled: { [`${REGISTRY}/team/tools:latest`]: REF }, names: [REF] },
  ],
  [
    `FROM a:1\nRUN --mount=from=${REGISTRY}/team/tools:1,target=/t true\n`,
    { buildArgs: {}, pulled: { [`${REGISTRY}/team/tools:1`]: REF }, names: ['a:1', REF] },
  ],
  ['FROM a:1\nCOPY --from=b:2 /a /b\n', { buildArgs: {}, pulled: {}, names: ['a:1', 'b:2'] }],
])('%j', async (dockerfile, expected) => expect(await given(dockerfile)).toEqual(expected));

test.each([
  ['FROM team/tools:1\n', /Write ARG BASE=team\/tools:1 above, and FROM \$\{BASE\}: the deploy/],
  ['FROM scratch\nCOPY --from=team/tools:1 /a /b\n', /and FROM \$\{BASE\} AS other with COPY --from=other: the deploy/],
])('no engine finds it by %j', async (dockerfile, next) => {
  await expect(given(dockerfile)).rejects.toMatchObject({
    code: 'base-without-argument',
    next: expect.stringMatching(next),
  });
});
