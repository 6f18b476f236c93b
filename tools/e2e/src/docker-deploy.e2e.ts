import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithEngine } from './parts/ecr/describe-with-engine';
import { images, uri } from './parts/ecr/images';
import { EcrStack, type Fault, OTHER_ACCOUNT, OTHER_REGION, REGION, REGISTRY, hasNewerDocker } from './parts/ecr/stack';
import { DEPLOYS_IMAGES, commandsOf, guides } from './parts/guide';
import { until } from './parts/until';
import { type Ran, Workspace, cleanEnvironment, expectSuccess, run } from './parts/workspace';

interface Deployed {
  repositoryUri: string;
  tag: string;
  contentTag: string;
  digest: string;
  imageRef: string;
}

describeWithEngine('docker-deploy on a real engine and registry', () => {
  let stack: EcrStack;
  let workspace: Workspace;

  beforeAll(async () => {
    stack = await EcrStack.start();
    const config = JSON.stringify({
      auths: { 'registry.example': { auth: 'dXNlcjpwYXNz' }, [REGISTRY]: { auth: 'b2xkOm9sZA==' } },
      credsStore: 'not-there',
    });
    writeFileSync(userConfig(), config);
    workspace = await Workspace.create(
      images('fresh', 'broken', 'pushed', 'fixed', 'cut-off', 'typed', ...many('at-once', 20), ...many('same', 6)),
    );
  });
  afterAll(async () => {
    workspace?.dispose();
    await stack?.stop();
  });
  beforeEach(() => stack.clear());

  const nx = (args: string[], env: Record<string, string> = {}): Promise<Ran> =>
    workspace.nx(args, { env: { ...stack.env, ...env }, through: stack.enter(workspace.root) });
  const deploy = (image: string, ...args: string[]) => nx(['run', `image-${image}:docker-deploy`, ...args]);
  const deployed = (image: string) => JSON.parse(workspace.read(`dist/docker/image-${image}.json`)) as Deployed;
  const requests = async () => (await stack.log()).map(({ label }) => label);
  const calls = async () => (await requests()).flatMap((label) => (label.startsWith('ecr ') ? [label.slice(4)] : []));
  const userConfig = () => join(stack.env['HOME'] ?? '', '.docker', 'config.json');

  it('every command of the guides that deploys images works as it stands there', async () => {
    const commands = commandsOf(...guides()).filter((command) => DEPLOYS_IMAGES.test(command));
    expect(commands.length).toBeGreaterThan(2);
    const team = await Workspace.create({
      'package.json': JSON.stringify({ name: 'prefect-flows', private: true }),
      'nx.json': JSON.stringify({
        plugins: [{ plugin: 'nx-prefect', options: { 'docker-deploy': { imageName: 'team/flows' } } }],
      }),
      Dockerfile: 'FROM base:1\n',
      '.dockerignore': '*\n',
    });
    try {
      for (const command of commands) {
        const [program, ...args] = [...stack.enter(team.root), 'sh', '-c', command];
        const env = { ...cleanEnvironment(), NX_DAEMON: 'false', ...stack.env };
        const { code, output } = await run(program, args, { cwd: team.root, env });
        if (code !== 0) throw new Error(`${command} ended with ${code}:\n${output}`);
      }
      expect((await calls()).filter((call) => call === 'CreateRepository')).toHaveLength(1);
    } finally {
      team.dispose();
    }
  });

  describe('one image, from a fresh account on', () => {
    it('creates the repository, pushes an image that can be pulled and run, and shows no password', async () => {
      let ran: Ran | undefined;
      const argv = await stack.argvDuring(async () => (ran = await deploy('fresh', '--repository.scanOnPush=true')));
      expect(ran).toMatchObject({
        code: 0,
        output: expect.stringMatching(
          new RegExp(
            'Created the repository image-fresh[^]*built by docker in [\\d.]+ s, ' +
              'pushed in [\\d.]+ s as latest, nx-[0-9a-f]{40} \\(\\d\\.\\d MB\\)',
          ),
        ),
      });
      expect(await calls()).toEqual([
        'BatchGetImage',
        'GetAuthorizationToken',
        'CreateRepository',
        'BatchGetImage',
        'PutImage',
      ]);
      expect(ran?.output).toMatch(
        /\n {2}pushed {5}image-fresh {2}sha256:[0-9a-f]{12} {2}\d\.\d MB {2}built by docker .*of this content\n/,
      );

      const said = deployed('fresh');
      expect(said).toEqual({
        repositoryUri: uri('fresh'),
        tag: 'latest',
        contentTag: expect.stringMatching(/^nx-/),
        digest: expect.stringMatching(/^sha256:/),
        imageRef: `${uri('fresh')}@${said.digest}`,
      });
      await stack.docker('image', 'rm', `${uri('fresh')}:latest`, `${uri('fresh')}:${said.contentTag}`);
      await stack.login();
      await stack.docker('pull', said.imageRef);
      expect(
        await stack.docker('run', '--rm', '--network=none', said.imageRef, 'busybox', 'cat', '/data.txt'),
      ).toContain('data of fresh');

      const [password = ''] = await stack.passwords();
      const secrets = [password, Buffer.from(`AWS:${password}`).toString('base64')];
      expect(argv).toContainEqual(expect.stringMatching(/^docker login --username AWS --password-stdin /));
      expect(argv).toContainEqual(expect.stringMatching(/^docker push /));
      for (const secret of secrets) {
        expect(argv.filter((line) => line.includes(secret))).toEqual([]);
        expect(ran?.output).not.toContain(secret);
        expect(readFileSync(userConfig(), 'utf8')).not.toContain(secret);
      }
    });

    it('asks ECR once and needs no engine when nothing changed, nor when what is ignored did', async () => {
      await stack.stopEngine();
      expect(await deploy('fresh')).toMatchObject({ code: 0, output: expect.stringContaining('nothing to do') });
      expect(await requests()).toEqual(['ecr BatchGetImage']);

      await stack.clear();
      workspace.edit('images/fresh/notes.md', (text) => `${text}# more\n`);
      workspace.edit('images/fresh/.dockerignore', (text) => `# a comment\n${text}`);
      expect(await deploy('fresh')).toMatchObject({ code: 0, output: expect.stringContaining('nothing to do') });
      expect(await requests()).toEqual(['ecr BatchGetImage']);
    });

    it('puts a tag back that was moved away by hand: one PutImage, no layer, no engine', async () => {
      await stack.moveTag('image-fresh', 'latest');
      await stack.clear();
      expect(await deploy('fresh')).toMatchObject({
        code: 0,
        output: expect.stringMatching(/latest put on it; no build, no layer moved/),
      });
      expect(await requests()).toEqual(['ecr BatchGetImage', 'ecr PutImage']);
      expect(await stack.digestOf('image-fresh', 'latest')).toBe(deployed('fresh').digest);
      await stack.startEngine();
    });

    it('builds and pushes after one byte of the context', async () => {
      const before = deployed('fresh');
      workspace.edit('images/fresh/data.txt', (text) => `${text}.`);
      expect(await deploy('fresh')).toMatchObject({ code: 0, output: expect.stringContaining('built by docker') });
      const after = deployed('fresh');
      expect(after.digest).not.toBe(before.digest);
      expect(await stack.digestOf('image-fresh', 'latest')).toBe(after.digest);
      expect(await stack.digestOf('image-fresh', after.contentTag)).toBe(after.digest);
      expect(await stack.digestOf('image-fresh', before.contentTag)).toBe(before.digest);

      await stack.clear();
      workspace.edit('images/fresh/data.txt', (text) => text.slice(0, -1));
      expect(await deploy('fresh')).toMatchObject({ code: 0, output: expect.stringContaining('latest put on it') });
      expect(await stack.digestOf('image-fresh', 'latest')).toBe(before.digest);
    });

    it('says what it would do, and builds without asking AWS', async () => {
      expect(await deploy('pushed', '--dryRun')).toMatchObject({
        code: 0,
        output: expect.stringContaining('would create the repository, build, and push as latest'),
      });
      expect(await requests()).toEqual(['ecr BatchGetImage']);
      await stack.clear();
      expect(await deploy('pushed', '--no-push')).toMatchObject({
        code: 0,
        output: expect.stringContaining('built by docker'),
      });
      expect(await requests()).toEqual([]);
      expect(await stack.docker('image', 'ls', '--quiet', 'image-pushed:latest')).toMatch(/^[0-9a-f]{12}\s$/);
    });
  });

  describe('options, as they are typed', () => {
    it.each([
      [['--tags=1.10,'], /push as 1\.10, the content tag/],
      [['--tags='], /push as the content tag/],
      [['--tags=3', '--buildArgs=A=1', '--buildArgs=B=2'], /push as 3, the content tag/],
      [['--tags=1.10', '--tags=v1', '--tags=v1'], /push as 1\.10, v1, the content tag/],
      [['--args=--build-arg', '--args=V'], /"args\.0" is not right: must not hold --build-arg: use .* buildArgs/],
    ])('%j', async (args, said) => {
      expect((await deploy('typed', '--dryRun', ...args)).output).toMatch(said);
    });

    it('--force builds anew what ECR holds; labels, and a value of the environment, are in the image', async () => {
      const more = ['--buildArgs=V', '--labels=org.opencontainers.image.revision=one'];
      const ran = (...args: string[]) => nx(['run', 'image-typed:docker-deploy', ...args], { V: 'of the environment' });
      workspace.edit('images/typed/Dockerfile', (text) => `${text}ARG V\nENV V=$V\n`);
      expect(await ran(...more)).toMatchObject({ code: 0 });
      const { contentTag, imageRef } = deployed('typed');
      const image = JSON.parse(await stack.docker('image', 'inspect', `${uri('typed')}:latest`)) as [
        { Config: { Env: string[]; Labels: object } },
      ];
      expect(image[0].Config.Env).toContain('V=of the environment');
      expect(image[0].Config.Labels).toEqual({ 'org.opencontainers.image.revision': 'one' });

      const other = ['--buildArgs=V', '--labels=org.opencontainers.image.revision=two'];
      expect(await ran(...other)).toMatchObject({ code: 0, output: expect.stringContaining('nothing to do') });
      expect(await ran(...other, '--force')).toMatchObject({ code: 0, output: expect.stringContaining('; forced.') });
      expect(deployed('typed')).toMatchObject({ contentTag });
      expect(deployed('typed').imageRef).not.toBe(imageRef);
      expect(await stack.digestOf('image-typed', contentTag)).toBe(deployed('typed').digest);
    });
  });

  describe('several registries', () => {
    const role = { roleArn: `arn:aws:iam::${OTHER_ACCOUNT}:role/deploy` };
    const [here, there, other, far] = [
      { region: REGION },
      { region: OTHER_REGION },
      { region: REGION, ...role },
      { region: OTHER_REGION, ...role },
    ];
    const hosts = [
      REGISTRY,
      `${OTHER_ACCOUNT}.dkr.ecr.${OTHER_REGION}.amazonaws.com`,
      `123456789012.dkr.ecr.${OTHER_REGION}.amazonaws.com`,
      `${OTHER_ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`,
    ];
    const digests = (of: string[]) => Promise.all(of.map((host) => stack.digestOf('image-everywhere', 'latest', host)));

    it('of two accounts and two regions get one image, from one build', async () => {
      workspace.write(images('everywhere'));
      const to = (destinations: object[]) => deploy('everywhere', `--destinations=${JSON.stringify(destinations)}`);
      let built: Ran | undefined;
      const argv = await stack.argvDuring(async () => (built = await to([here!, far!])));
      expect(built).toMatchObject({ code: 0 });
      expect(argv.filter((line) => line.startsWith('docker build '))).toHaveLength(1);
      const { digest, contentTag } = deployed('everywhere');
      expect(await digests(hosts.slice(0, 2))).toEqual([digest, digest]);

      const more = await to([here!, far!, there!, other!]);
      expect(more).toMatchObject({ code: 0 });
      for (const host of hosts.slice(2))
        expect(more.output).toContain(`${host}/image-everywhere@${digest}: taken from ${REGISTRY}/`);
      expect(more.output).toMatch(/\ndocker-deploy: 2 pushed, 2 unchanged/);
      expect(await digests(hosts)).toEqual([digest, digest, digest, digest]);
      expect(JSON.parse(workspace.read('dist/docker/image-everywhere.json'))).toMatchObject({
        contentTag,
        imageRef: `${REGISTRY}/image-everywhere@${digest}`,
        destinations: hosts.map((host) => ({ repositoryUri: `${host}/image-everywhere`, digest })),
      });
    });
  });

  describe('a scan', () => {
    const gated = () => deploy('scanned', '--failOn=critical');

    it('is waited for, and keeps tags away from what it must not find; its counts are said', async () => {
      workspace.write(images('scanned'));
      await stack.scans([{ status: 'IN_PROGRESS' }, { status: 'COMPLETE', counts: { CRITICAL: 1, HIGH: 2 } }]);
      const stopped = await gated();
      expect(stopped.code).not.toBe(0);
      expect(stopped.output).toMatch(
        /of image-scanned@sha256:\S+ found 1 critical, 2 high; the option failOn is critical\..*\[image-vulnerable\]/,
      );
      expect(await stack.digestOf('image-scanned', 'latest')).toBeNull();

      await stack.scans([{ status: 'ACTIVE', counts: { HIGH: 2 } }]);
      expect(await gated()).toMatchObject({
        code: 0,
        output: expect.stringMatching(/latest put on it; .*; the scan found 2 high\. /),
      });
      await stack.scans([{ status: 'UNSUPPORTED_IMAGE' }]);
      expect((await gated()).output).toMatch(/is UNSUPPORTED_IMAGE; .*\[image-not-scanned\]/);
    });
  });

  describe('many at once', () => {
    it("twenty different images, three of them a chain: all pushed, the user's docker config untouched", async () => {
      const on = (base: string) => `ARG BASE=image-${base}\nFROM \${BASE}\nCOPY data.txt /more.txt\n`;
      workspace.write({
        'images/at-once-1/Dockerfile': on('at-once-20'),
        'images/at-once-20/Dockerfile': on('at-once-7'),
      });
      const config = readFileSync(userConfig(), 'utf8');
      const ran = await nx(['run-many', '-t', 'docker-deploy', '--projects=image-at-once-*', '--parallel=20']);
      expectSuccess(ran);
      expect([...ran.tasks.values()]).toEqual(Array(20).fill('done'));
      for (const image of many('at-once', 20)) {
        expect(await stack.digestOf(`image-${image}`, 'latest')).toBe(deployed(image).digest);
        expect(ran.output).toMatch(
          new RegExp(
            `^image-${image}: ${deployed(image).imageRef}: built by docker .* MB\\); ECR had no image of`,
            'm',
          ),
        );
      }
      expect(readFileSync(userConfig(), 'utf8')).toBe(config);
    });

    it('two that would take one tag from each other are refused, and named where one is deployed', async () => {
      const named = (tag: string) => ({
        'images/same-1/project.json': JSON.stringify({
          name: 'image-same-1',
          targets: { 'docker-deploy': { options: { imageName: 'team/one', tags: [tag] } } },
        }),
        'images/same-2/project.json': JSON.stringify({
          name: 'image-same-2',
          targets: { 'docker-deploy': { options: { imageName: 'team/one', tags: ['b', 'c'] } } },
        }),
      });
      workspace.write(named('b'));
      const both = await nx(['run-many', '-t', 'docker-deploy', '--projects=image-same-1,image-same-2']);
      expect(both.code).not.toBe(0);
      expect(both.output).toMatch(
        /image-same-1: team\/one:b would be the image of image-same-1 and image-same-2: .*\[image-clash\]/,
      );
      expect(await requests()).toEqual([]);
      expect(await deploy('same-1', '--dryRun')).toMatchObject({
        code: 0,
        output: expect.stringContaining('Note: team/one:b is the image of image-same-1 and of image-same-2'),
      });
    });

    it('six that create the same repository', async () => {
      for (const image of many('same', 6)) {
        workspace.write({
          [`images/${image}/project.json`]: JSON.stringify({
            name: `image-${image}`,
            targets: { 'docker-deploy': { options: { imageName: 'team/shared', tags: [image] } } },
          }),
        });
      }
      const ran = await nx(['run-many', '-t', 'docker-deploy', '--projects=image-same-*', '--parallel=6']);
      expectSuccess(ran);
      expect((await calls()).filter((action) => action === 'CreateRepository').length).toBeGreaterThan(1);
      for (const image of many('same', 6))
        expect(await stack.digestOf('team/shared', image)).toBe(deployed(image).digest);
    });
  });

  describe('images that start from other projects', () => {
    const chain = {
      'images/chain-1/Dockerfile': 'FROM base:1\nCOPY data.txt /1.txt\n',
      'images/chain-2/Dockerfile': 'ARG BASE=image-chain-1\nFROM ${BASE}\nCOPY data.txt /2.txt\n',
      'images/chain-3/Dockerfile': [
        `FROM ${uri('chain-2')}:latest`,
        'COPY data.txt /3.txt',
        `COPY --from=${uri('chain-0')}:latest /0.txt /`,
      ].join('\n'),
      'images/chain-0/Dockerfile': 'FROM base:1\nCOPY data.txt /0.txt\n',
    };
    const lineOf = ({ output }: Ran, image: string) =>
      new RegExp(`^image-${image}: .*sha256.*$`, 'm').exec(output)?.[0];

    it('are deployed after them, with their digests, and follow their change', async () => {
      workspace.write({ ...images('chain-0', 'chain-1', 'chain-2', 'chain-3'), ...chain });
      const first = await nx(['run-many', '-t', 'docker-deploy', '--projects=image-chain-*']);
      expect(first).toMatchObject({ code: 0 });
      for (const image of many('chain', 3)) expect(lineOf(first, image)).toContain('built by docker');
      const layers = async (image: string) => {
        const [{ RootFS }] = JSON.parse(await stack.docker('image', 'inspect', `${uri(image)}:latest`)) as [
          { RootFS: { Layers: string[] } },
        ];
        return RootFS.Layers;
      };
      const [one, three] = [await layers('chain-1'), await layers('chain-3')];
      expect(three.slice(0, one.length)).toEqual(one);

      const again = await nx(['run', 'image-chain-3:docker-deploy']);
      expect(again).toMatchObject({ code: 0 });
      for (const image of many('chain', 3)) expect(lineOf(again, image)).toContain('nothing to do');

      workspace.edit('images/chain-1/data.txt', () => 'another\n');
      const changed = await nx(['run-many', '-t', 'docker-deploy', '--projects=image-chain-*']);
      for (const image of many('chain', 3)) expect(lineOf(changed, image)).toContain('built by docker');
      expect((await layers('chain-3'))[one.length - 1]).not.toBe(one.at(-1));

      workspace.edit('images/chain-0/data.txt', () => 'another\n');
      const copied = await nx(['run-many', '-t', 'docker-deploy', '--projects=image-chain-*']);
      for (const image of ['chain-0', 'chain-3']) expect(lineOf(copied, image)).toContain('built by docker');
      for (const image of ['chain-1', 'chain-2']) expect(lineOf(copied, image)).toContain('nothing to do');
      expect(copied.output).toMatch(/\ndocker-deploy: 2 pushed, 2 unchanged/);
    });

    it('have an edge to them in the graph', async () => {
      await nx(['graph', '--file=graph.json']);
      const { graph } = JSON.parse(workspace.read('graph.json')) as {
        graph: { dependencies: Record<string, { target: string }[]> };
      };
      workspace.remove('graph.json');
      expect(graph.dependencies['image-chain-3']?.map(({ target }) => target).sort()).toEqual([
        'image-chain-0',
        'image-chain-2',
      ]);
      expect(graph.dependencies['image-chain-2']).toEqual([expect.objectContaining({ target: 'image-chain-1' })]);
    });
  });

  describe('engines without a daemon', () => {
    // Neither needs a service, nor an image of a registry.
    const env = { DOCKER_HOST: 'unix:///nowhere.sock', STORAGE_DRIVER: 'vfs', BUILDAH_ISOLATION: 'chroot' };
    const from = (name: string) => ({ [`images/${name}/Dockerfile`]: 'FROM scratch\nCOPY data.txt /data.txt\n' });

    it.each(['podman', 'buildah'])('%s pushes an image, and ECR has the digest that it says', async (engine) => {
      workspace.write({ ...images(engine), ...from(engine) });
      const ran = await nx(['run', `image-${engine}:docker-deploy`, `--engine=${engine}`], env);
      expect(ran).toMatchObject({ code: 0, output: expect.stringContaining(`built by ${engine} in`) });
      expect(await stack.digestOf(`image-${engine}`, 'latest')).toBe(deployed(engine).digest);
    });

    it('is found where docker does not answer, and pushes a list of platforms', async () => {
      workspace.write({ ...images('list'), ...from('list') });
      // Of images from scratch, podman 4.3 takes the first platform's from its cache for the second.
      const ran = await nx(
        ['run', 'image-list:docker-deploy', '--platforms=linux/amd64,linux/arm64', '--args=--no-cache'],
        env,
      );
      expect(ran).toMatchObject({
        code: 0,
        output: expect.stringMatching(/built by podman in .*\(linux\/amd64, linux\/arm64\)/),
      });
      expect((await stack.platformsOf('image-list', 'latest')).sort()).toEqual(['linux/amd64', 'linux/arm64']);
      expect(
        await nx(['run', 'image-list:docker-deploy', '--platforms=linux/arm64,linux/amd64', '--args=--no-cache'], env),
      ).toMatchObject({ code: 0, output: expect.stringContaining('nothing to do') });
    });
  });

  (hasNewerDocker() ? describe : describe.skip)("Debian's newest docker, with buildx", () => {
    let env: Record<string, string> = {};
    const docker = async (...args: string[]) => expectSuccess(await stack.run('docker', args, env));
    const newer = (image: string, ...args: string[]) => nx(['run', `image-${image}:docker-deploy`, ...args], env);
    beforeAll(async () => (env = await stack.startNewerEngine()));

    it('pushes a list of platforms as it builds it, to two registries', async () => {
      workspace.write({ ...images('newer'), 'images/newer/Dockerfile': 'FROM scratch\nCOPY data.txt /data.txt\n' });
      const to = `--destinations=${JSON.stringify([{ region: REGION }, { region: OTHER_REGION }])}`;
      const args = ['--platforms=linux/amd64,linux/arm64', to];
      expect(await newer('newer', ...args)).toMatchObject({
        code: 0,
        output: expect.stringMatching(/built by docker in .*\(linux\/amd64, linux\/arm64\)/),
      });
      expect((await stack.platformsOf('image-newer', 'latest')).sort()).toEqual(['linux/amd64', 'linux/arm64']);
      const { digest, contentTag } = deployed('newer');
      for (const tag of ['latest', contentTag])
        expect(await stack.digestOf('image-newer', tag, `123456789012.dkr.ecr.${OTHER_REGION}.amazonaws.com`)).toBe(
          digest,
        );
    });

    it('attaches packages and provenance, and the digest is that of the image', async () => {
      workspace.write({
        ...images('attached'),
        'scanner/Dockerfile': 'FROM base:1\nCOPY sbom scan /\nENTRYPOINT ["sh", "/scan"]\n',
        'scanner/scan': 'busybox cp /sbom "$BUILDKIT_SCAN_DESTINATION/sbom.spdx.json"\n',
        'scanner/sbom': JSON.stringify({
          _type: 'https://in-toto.io/Statement/v0.1',
          predicateType: 'https://spdx.dev/Document',
          predicate: { SPDXID: 'x' },
        }),
      });
      await docker('build', '--tag=scanner:1', workspace.path('scanner'));
      const attached = (name: string) =>
        newer('attached', `--imageName=${name}`, '--provenance=max', '--sbom=scanner:1', '--args=--network=none');
      expectSuccess(await attached('team/one'));
      const one = deployed('attached');
      expect(await attached('team/two')).toMatchObject({ code: 0, output: expect.stringContaining('built by docker') });
      const two = deployed('attached');
      expect(two).toMatchObject({ digest: one.digest, contentTag: one.contentTag });
      const lists = await Promise.all(['team/one', 'team/two'].map((name) => stack.digestOf(name, 'latest')));
      expect(new Set([...lists, one.digest]).size).toBe(3);
      expect((await stack.platformsOf('team/one', 'latest')).sort()).toEqual(['linux/amd64', 'unknown/unknown']);
      expect(await attached('team/two')).toMatchObject({ output: expect.stringContaining(`${two.imageRef}: nothing`) });
    });

    it('keeps layers in ECR, and begins with them on a machine that has none', async () => {
      workspace.write({
        ...images('cached'),
        'images/cached/Dockerfile': 'FROM base:1\nRUN busybox echo kept > /kept\nCOPY data.txt /data.txt\n',
      });
      const args = ['--cache=ecr', '--args=--network=none'];
      expect(await newer('cached', ...args)).toMatchObject({
        code: 0,
        output: expect.stringContaining('Created the repository image-cached/cache.'),
      });
      await docker('buildx', 'prune', '--all', '--force');
      workspace.edit('images/cached/data.txt', () => 'another\n');
      expect(await newer('cached', ...args)).toMatchObject({
        code: 0,
        output: expect.stringMatching(/\[2\/3\] RUN .*\n(?:.*\n)*?#\d+ CACHED/),
      });
    });
  });

  describe('faults', () => {
    const failing: [string, string[], Record<string, string>, RegExp][] = [
      [
        'no engine',
        [],
        { PATH: '/nowhere' },
        /No container engine was found: docker, podman or buildah is not on the PATH\..*\[no-engine\]/,
      ],
      [
        'the engine stopped',
        [],
        { DOCKER_HOST: 'unix:///nowhere.sock' },
        /docker is installed, but its engine does not answer: .*nowhere\.sock.*Start Docker.*\[engine-stopped\]/,
      ],
      [
        'no Dockerfile',
        ['--dockerfile=images/broken/Other'],
        {},
        /image-broken images\/broken\/Other: There is no Dockerfile\..*\[no-dockerfile\]/,
      ],
      [
        'no credentials',
        [],
        { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_PROFILE: '' },
        new RegExp(
          'No AWS credentials could be found.*BatchGetImage on repository image-broken ' +
            '\\(profile .*, region us-east-1\\).*\\[aws-no-credentials\\]',
        ),
      ],
      [
        'credentials that AWS does not know',
        [],
        { AWS_ACCESS_KEY_ID: 'AKIAUNKNOWN00000' },
        /AWS refused it \(UnrecognizedClientException\): BatchGetImage on repository image-broken/,
      ],
      ['a bad option', ['--tags=a/b'], {}, /The option "tags\.0" is not right: a tag has letters.*\[bad-option\]/],
      [
        'no repository and none wanted',
        ['--no-createRepository'],
        {},
        /There is no repository image-broken, and the option createRepository is off\..*\[no-repository\]/,
      ],
      [
        'an option that this docker has no builder for',
        ['--platforms=linux/amd64,linux/arm64'],
        {},
        /builds without buildx, which several platforms needs\..*\[builder-too-old\]/,
      ],
    ];
    it.each(failing)('%s', async (_, args, env, line) => {
      const engine = 'DOCKER_HOST' in env ? ['--engine=docker'] : [];
      const { code, output } = await nx(['run', 'image-broken:docker-deploy', ...engine, ...args], env);
      expect(code).not.toBe(0);
      expect(output).toMatch(line);
      expect(output).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
    });

    it('a build that fails: its own output is shown; the repository for it stays', async () => {
      workspace.write({ 'images/broken/Dockerfile': 'FROM base:1\nRUN echo about to fail; exit 3\n' });
      const { code, output } = await deploy('broken', '--args=--network=none');
      expect(code).not.toBe(0);
      expect(output).toContain('about to fail');
      expect(output).toMatch(
        /image-broken images\/broken\/Dockerfile: The image could not be built.*exit code: 3.*\[image-build-failed\]/,
      );
      expect(await calls()).toEqual(['BatchGetImage', 'GetAuthorizationToken', 'CreateRepository']);
    });

    const passing: [string, Fault[]][] = [
      ['the token expires in the middle of a push', [{ match: '^PATCH /v2/', times: 1, as: 'expire' }]],
      [
        'the registry answers 500',
        [
          {
            match: '^PUT /v2/.*/manifests/',
            times: 1,
            status: 500,
            body: { errors: [{ code: 'UNKNOWN', message: 'internal' }] },
          },
        ],
      ],
      ['the registry answers the login with 500', [{ match: '^GET /v2/$', times: 1, status: 500, body: {} }]],
      ['the registry resets the connection', [{ match: '^PUT /v2/.*/manifests/', times: 1, as: 'reset' }]],
    ];
    it.each(passing)('recovers when %s', async (name, faults) => {
      workspace.edit('images/pushed/data.txt', () => `${name}\n`);
      await stack.faults(faults);
      const { code, output } = await deploy('pushed');
      expect({ code, output }).toMatchObject({
        code: 0,
        output: expect.stringMatching(/logging in again|again in 1 s/),
      });
      expect(await stack.digestOf('image-pushed', 'latest')).toBe(deployed('pushed').digest);
    });

    it('ends a deploy cut off between two tags without another build, also where tags are immutable', async () => {
      const body = { __type: 'AccessDeniedException', message: 'not for now' };
      await stack.faults([{ match: '^ecr PutImage', times: 1, status: 400, body }]);
      expect(await deploy('cut-off', '--repository.immutableTags=true')).toMatchObject({
        code: 1,
        output: expect.stringContaining('[aws-denied]'),
      });
      expect(await deploy('cut-off')).toMatchObject({
        code: 0,
        output: expect.stringMatching(/: latest put on it; no build/),
      });
      expect(await stack.digestOf('image-cut-off', 'latest')).toBe(deployed('cut-off').digest);
    });

    it('a push that is denied, and a repository that must not be created', async () => {
      const denied = {
        errors: [
          {
            code: 'DENIED',
            message:
              'User: arn:aws:iam::123456789012:user/ci is not authorized to perform: ' +
              'ecr:InitiateLayerUpload on resource: team',
          },
        ],
      };
      await stack.faults([{ match: '^POST /v2/', times: 99, status: 403, body: denied }]);
      workspace.edit('images/pushed/data.txt', () => 'denied\n');
      const push = await deploy('pushed');
      expect(push.code).not.toBe(0);
      expect(push.output).toMatch(
        new RegExp(
          'ECR refused the push of .*image-pushed:nx-\\S+ ' +
            '\\(.*not authorized to perform: ecr:InitiateLayerUpload.*\\[push-denied\\]',
        ),
      );
      expect(push.output).not.toMatch(/again in/);

      const body = {
        __type: 'AccessDeniedException',
        message: 'User is not authorized to perform: ecr:CreateRepository',
      };
      await stack.faults([{ match: '^ecr CreateRepository', times: 99, status: 400, body }]);
      const create = await deploy('fixed');
      expect(create.code).not.toBe(0);
      expect(create.output).toMatch(
        new RegExp(
          'AWS refused it \\(AccessDeniedException\\): CreateRepository on repository image-fixed ' +
            '.*AWS says: User is not authorized to perform: ecr:CreateRepository\\. .*\\[aws-denied\\]',
        ),
      );
      expect(create.output).not.toMatch(/COPY data\.txt/);
    });

    it('a tag that is immutable and taken', async () => {
      const immutable = ['--repository.immutableTags=true'];
      expect(await deploy('fixed', ...immutable)).toMatchObject({ code: 0 });
      const role = ['--roleArn=arn:aws:iam::123456789012:role/deploy', '--externalId=team'];
      await stack.clear();
      expect(await deploy('fixed', ...immutable, ...role)).toMatchObject({
        code: 0,
        output: expect.stringContaining('nothing to do'),
      });
      // AWS's service for roles, then ECR.
      expect(await requests()).toEqual(['POST /', 'ecr BatchGetImage']);
      workspace.edit('images/fixed/data.txt', () => 'other\n');
      const put = await deploy('fixed', ...immutable);
      expect(put.code).not.toBe(0);
      expect(put.output).toMatch(
        new RegExp(
          "The repository's tags are immutable, and another image has this one" +
            '.*PutImage on repository image-fixed.*\\[image-tag-immutable\\]',
        ),
      );
      expect(await deploy('fixed', '--tags=two')).toMatchObject({ code: 0 });
    });

    it('a deploy that is killed as it pushes: its engine ends with it, the next one takes its login away', async () => {
      const logins = () => readdirSync(tmpdir()).filter((name) => name.startsWith('nx-prefect-docker-'));
      const before = logins();
      const left = () => logins().filter((name) => !before.includes(name));
      // Of a push that the registry does not take, nothing arrives but its requests.
      const busy = { errors: [{ code: 'UNKNOWN', message: 'internal' }] };
      await stack.faults([{ match: '^(POST|HEAD) /v2/', times: 9999, status: 500, body: busy }]);
      workspace.edit('images/pushed/data.txt', () => 'killed\n');
      const running = deploy('pushed');
      const isPushing = async () => (await requests()).some((label) => /^(POST|HEAD) \/v2\/image-pushed/.test(label));
      await until(isPushing);
      const [login = ''] = left();
      const { pid } = JSON.parse(readFileSync(join(tmpdir(), login, 'owner.json'), 'utf8')) as { pid: number };
      const engines = async () => (await stack.run('pgrep', ['-f', '^docker push'])).output.trim();
      expect(await engines()).not.toBe('');
      await stack.run('kill', ['-KILL', String(pid)]);
      expect((await running).code).not.toBe(0);
      await until(engines, (found) => found === '');
      expect(left()).toEqual([login]);

      await stack.clear();
      expect(await deploy('pushed')).toMatchObject({ code: 0 });
      expect(left()).toEqual([]);
      const tags = await stack.docker('image', 'ls', '--format', '{{.Tag}}', uri('pushed'));
      expect(tags.split('\n').filter((tag) => tag.startsWith('nx-'))).toEqual([deployed('pushed').contentTag]);
    });

    it('a full disk', async () => {
      const host = await stack.startSmallEngine();
      await stack.importBase(host);
      workspace.write({
        'images/broken/Dockerfile': 'FROM base:1\nRUN busybox dd if=/dev/zero of=/big bs=1M count=64\n',
      });
      const { code, output } = await nx(['run', 'image-broken:docker-deploy', '--args=--network=none'], {
        DOCKER_HOST: host,
      });
      expect(code).not.toBe(0);
      expect(output).toMatch(/The disk on which the engine keeps images is full\. .*prune.*\[disk-full\]/);
    });
  });
});

function many(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, at) => `${name}-${at + 1}`);
}
