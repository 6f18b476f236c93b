import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { npmPeer } from '../peers';
import { NX, ROOT } from '../paths';

const CONTAINER_VERSION = '7.3.0';
const CDK_VERSION = '4.7.3';

/** An image on its way: what is pushed under which name. */
export interface Image {
  /** `<registry>/<repository>` */
  uri: string;
  repository: string;
  region: string;
  account: string;
  /** Of the content; what CDK's synthesis would compute. */
  hash: string;
}

/** One way to get `image/` to ECR, in a folder of its own. */
export interface Contestant {
  readonly name: string;
  readonly what: string;
  /** Whether it needs the repository to be there and docker to be logged in. */
  readonly needsHelp: boolean;
  /** Whether it builds with docker's buildx only. */
  readonly needsBuildx?: boolean;
  /** Files beside the image's, for this content. */
  files(image: Image): Record<string, string>;
  /** Once, before all runs. */
  prepare?(root: string): void;
  command(image: Image): readonly string[];
}

const nxJson = (plugins: object[]) =>
  JSON.stringify({ analytics: false, neverConnectToCloud: true, defaultBase: 'main', plugins });

const ours: Contestant = {
  name: 'nx-prefect docker-deploy',
  what: 'creates the repository and logs in itself',
  needsHelp: false,
  files: ({ repository }) => ({
    'package.json': JSON.stringify({ name: 'team', private: true }),
    'nx.json': nxJson([{ plugin: 'nx-prefect', options: { 'docker-deploy': { imageName: repository } } }]),
    'image/project.json': JSON.stringify({ name: 'image' }),
  }),
  prepare: (root) => symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules')),
  command: () => [process.execPath, NX, 'run', 'image:docker-deploy'],
};

const shell: Contestant = {
  name: 'docker build && docker push',
  what: 'logged in before, into a repository that is there',
  needsHelp: true,
  files: () => ({}),
  command: ({ uri }) => ['sh', '-c', `docker build --quiet --tag ${uri}:latest image && docker push ${uri}:latest`],
};

const container: Contestant = {
  name: '@nx-tools/nx-container',
  what: `${CONTAINER_VERSION} with docker; logged in before, into a repository that is there`,
  needsHelp: true,
  needsBuildx: true,
  files: ({ uri }) => ({
    'package.json': JSON.stringify({ name: 'team', private: true }),
    'nx.json': nxJson([]),
    'image/project.json': JSON.stringify({
      name: 'image',
      targets: {
        container: {
          executor: '@nx-tools/nx-container:build',
          options: {
            engine: 'docker',
            push: true,
            context: 'image',
            file: 'image/Dockerfile',
            tags: [`${uri}:latest`],
          },
        },
      },
    }),
  }),
  prepare(root) {
    const modules = join(root, 'node_modules');
    mkdirSync(modules);
    for (const name of readdirSync(join(ROOT, 'node_modules')))
      symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
    symlinkSync(
      join(npmPeer('@nx-tools/nx-container', CONTAINER_VERSION), 'node_modules', '@nx-tools'),
      join(modules, '@nx-tools'),
    );
  },
  command: () => [process.execPath, NX, 'run', 'image:container'],
};

const cdk: Contestant = {
  name: 'cdk-assets',
  what:
    `${CDK_VERSION}, \`publish\` of a manifest that is there (the content's hash, ` +
    'which `cdk synth` computes, is not measured); into a repository that is there',
  needsHelp: true,
  files: ({ hash, region, repository }) => ({
    'assets.json': JSON.stringify({
      version: '36.0.0',
      dockerImages: {
        [hash]: {
          source: { directory: 'image' },
          destinations: { one: { region, repositoryName: repository, imageTag: hash } },
        },
      },
    }),
  }),
  command: () => [
    process.execPath,
    join(npmPeer('cdk-assets', CDK_VERSION), 'node_modules', 'cdk-assets', 'bin', 'cdk-assets'),
    'publish',
    '--path',
    'assets.json',
  ],
};

export const CONTESTANTS: Readonly<Record<string, Contestant>> = { ours, shell, container, cdk };
