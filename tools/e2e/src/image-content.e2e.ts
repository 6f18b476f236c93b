import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { imageSource, readContent } from '../../nx-prefect/src/images/image-source';
import { schema } from '../../nx-prefect/src/options/docker-deploy-options';
import { describeWithEngine } from './parts/ecr/describe-with-engine';
import { change, everything, makeContext } from './parts/ecr/random-context';
import { EcrStack, hasNewerDocker } from './parts/ecr/stack';
import { Random } from './parts/random';
import { LONG, SEED } from './parts/seed';

/**
 * The content tag against engines: two contexts of one tag give one image. Replay a failure with the seed that is
 * printed: NX_PREFECT_SEED=<seed> npm test -- image-content
 */
/** Of one round; `npm run test:long -- image-content --minutes 120` goes on with other seeds. */
const CONTEXTS = LONG ? 200 : 60;
const CHANGES = 3;

const NEWER = "Debian's newest docker, with buildx";

/** Builds what lies in a folder, and writes what is in the image below /c as a tar file. */
const ENGINES: Record<string, string> = {
  'docker with BuildKit': 'docker build -q -f c/Dockerfile -o type=tar,dest=out.tar "$@" c',
  'docker without BuildKit':
    'id=$(docker build -q --no-cache -f c/Dockerfile "$@" c) && container=$(docker create $id none) && ' +
    'docker cp $container:/c - > out.tar && docker rm $container && docker rmi $id',
  podman: 'podman build -q -f c/Dockerfile $IGNORE -o type=tar,dest=out.tar "$@" c',
  buildah: 'buildah bud -q -f c/Dockerfile $IGNORE -o type=tar,dest=out.tar "$@" c',
  ...(hasNewerDocker() ? { [NEWER]: 'docker buildx build -q -f c/Dockerfile -o type=tar,dest=out.tar "$@" c' } : {}),
};

const DOCKERFILES = [
  'FROM scratch\nCOPY . /c/\n',
  'FROM scratch\nCOPY [".", "/c/"]\n',
  'FROM scratch\nARG PART=.\nCOPY $PART /c/part/\n',
  'FROM scratch AS one\nCOPY . /x/\nFROM scratch\nCOPY --from=one /x /c/\n',
];

describeWithEngine('the content tag', () => {
  let stack: EcrStack;
  let folder: string;
  let newer: Record<string, string> = {};

  beforeAll(async () => {
    stack = await EcrStack.start();
    if (hasNewerDocker()) newer = await stack.startNewerEngine();
    folder = mkdtempSync(join(stack.folder, 'contexts-'));
  });
  afterAll(() => stack?.stop());

  const tagOf = async (root: string, part: string) => {
    const options = schema.parse({ dockerfile: 'c/Dockerfile', buildArgs: { PART: part } });
    return (
      await readContent(root, imageSource({ workspaceRoot: root, project: 'x', projectRoot: '.' }, options), options)
    ).tag;
  };

  /** Path, permissions and content of all that an engine puts into the image; undefined where it refuses to build. */
  async function imageOf(engine: string, root: string, part: string): Promise<string | undefined> {
    const ignore = 'cd "$0" && [ -e c/.dockerignore ] && IGNORE="--ignorefile c/.dockerignore"';
    const unpack = 'rm -rf out && mkdir out && tar -xpf out.tar -C out';
    const script = `${ignore}; rm -f out.tar && ${ENGINES[engine]} && ${unpack}`;
    const env = {
      DOCKER_BUILDKIT: engine === 'docker without BuildKit' ? '0' : '1',
      STORAGE_DRIVER: 'vfs',
      BUILDAH_ISOLATION: 'chroot',
      ...(engine === NEWER ? newer : {}),
    };
    const { code } = await stack.run('sh', ['-c', script, root, '--build-arg', `PART=${part}`], env);
    if (code !== 0) return undefined;
    const start = Buffer.from(join(root, 'out', 'c'));
    const lines = [start, ...everything(start)].map((path) => {
      const stats = lstatSync(path);
      const content = stats.isSymbolicLink() ? readlinkSync(path) : stats.isFile() ? readFileSync(path, 'utf8') : '';
      return `${path.subarray(start.length).toString('latin1')} ${stats.mode.toString(8)} ${content}`;
    });
    return createHash('sha256').update(lines.join('\n')).digest('hex');
  }

  it.each(Object.keys(ENGINES).map((engine, at) => [engine, at] as const))(
    'of two contexts is one only if %s makes one image of them',
    async (engine, at) => {
      const random = new Random(SEED + at);
      const count = CONTEXTS / Object.keys(ENGINES).length;
      const said = { built: 0, compared: 0 };
      const wrong: string[] = [];
      for (let turn = 0; turn < count; turn++) {
        const root = join(folder, `${at}-${turn}`);
        mkdirSync(join(root, 'c'), { recursive: true });
        makeContext(join(root, 'c'), random);
        writeFileSync(join(root, 'c', 'Dockerfile'), random.of(DOCKERFILES));
        const part = random.of(['.', '.', 'a']);
        const tag = await tagOf(root, part);
        const image = await imageOf(engine, root, part);
        if (image !== undefined) said.built++;

        for (let time = 0; time < CHANGES; time++) {
          const copy = `${root}-${time}`;
          // As a clone: the same content and permissions, at another time.
          execFileSync('cp', ['-r', '--preserve=mode', root, copy]);
          expect(await tagOf(copy, part)).toBe(tag);
          change(join(copy, 'c'), random);
          if ((await tagOf(copy, part)) === tag && image !== undefined) {
            said.compared++;
            const other = await imageOf(engine, copy, part);
            if (other !== image)
              wrong.push(`${copy}: ${JSON.stringify(readFileSync(join(root, 'c/.dockerignore'), 'utf8'))}`);
          }
          if (!wrong.at(-1)?.startsWith(copy)) rmSync(copy, { recursive: true });
        }
      }
      console.log(
        `${engine}, seed ${SEED}: ${said.built} of ${count} contexts built, ${said.compared} of equal tag compared`,
      );
      expect(wrong).toEqual([]);
      expect(said.built).toBeGreaterThan(count / 3);
    },
    60_000 + CONTEXTS * 20_000,
  );
});
