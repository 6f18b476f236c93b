import { baseProjects } from './image-bases';

const images = [
  { project: 'image-base', imageName: undefined },
  { project: 'image-tools', imageName: 'team/tools' },
];

test.each([
  ['FROM python:3.11-slim', []],
  ['ARG BASE=image-base\nFROM ${BASE}', ['image-base']],
  ['ARG BASE="team/tools:1"\nFROM ${BASE}', ['image-tools']],
  ['from --platform=linux/amd64 team/tools AS one', ['image-tools']],
  ['FROM scratch\nCOPY --from=team/tools:2 /a /b\n', ['image-tools']],
  ['FROM scratch\nRUN --mount=type=bind,from=image-base,target=/x true\n', ['image-base']],
  ['FROM scratch\nCOPY image-base /x\n', []],
])('%j starts from %j', (dockerfile, expected) => expect(baseProjects(dockerfile, images)).toEqual(expected));
