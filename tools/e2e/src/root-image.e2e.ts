import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeWithEngine } from './parts/ecr/describe-with-engine';
import { pythonBase, wheels } from './parts/ecr/python-base';
import { EcrStack, REGISTRY } from './parts/ecr/stack';
import { PYTHON, ROOT, Workspace, run } from './parts/workspace';

/**
 * This repository's own Dockerfile, on a base made here and with wheels in a folder: no registry of images is reached.
 */
describeWithEngine("this repository's image", () => {
  let stack: EcrStack;
  let workspace: Workspace;
  let python: string;

  beforeAll(async () => {
    stack = await EcrStack.start();
    const { tar, path } = pythonBase(stack.folder);
    await stack.docker('import', '--change', `ENV PATH=${path}`, tar, 'python-base:1');
    python = (
      await run(PYTHON, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], { cwd: ROOT, env: process.env })
    ).output.trim();

    workspace = await Workspace.create({
      'nx.json': JSON.stringify({ analytics: false, neverConnectToCloud: true, plugins: ['nx-prefect'] }),
    });
    for (const file of ['Dockerfile', '.dockerignore', 'requirements.txt'])
      cpSync(join(ROOT, file), workspace.path(file));
    wheels(workspace.path('requirements.txt'), workspace.path('wheels'));
  });
  afterAll(async () => {
    workspace?.dispose();
    await stack?.stop();
  });

  const deploy = (buildArgs: string) =>
    workspace.nx(['run', 'e2e-team:docker-deploy', '--args=--network=none', `--buildArgs=${buildArgs}`], {
      env: stack.env,
      through: stack.enter(workspace.root),
    });

  it('says so when the base has another Python', async () => {
    const { code, output } = await deploy('BASE=python-base:1,PYTHON_VERSION=3.99');
    expect(code).not.toBe(0);
    expect(output).toMatch(/The base has Python \d\.\d+, PYTHON_VERSION says 3\.99: set PYTHON_DIGEST/);
  });

  it('is called after its versions, runs as a user of its own, and has the Prefect of the lock', async () => {
    const ran = await deploy(`BASE=python-base:1,PYTHON_VERSION=${python},PIP_NO_INDEX=1,PIP_FIND_LINKS=wheels`);
    expect(ran).toMatchObject({ code: 0 });
    const [, prefect = ''] = /^prefect==(\S+)/m.exec(readFileSync(join(ROOT, 'requirements.txt'), 'utf8')) ?? [];
    const { imageRef } = JSON.parse(workspace.read('dist/docker/e2e-team.json')) as { imageRef: string };
    expect(imageRef).toMatch(
      new RegExp(`^${REGISTRY}/custom-prefect-${prefect}-python${python}@sha256:`.replaceAll('.', '\\.')),
    );

    await stack.docker('system', 'prune', '--all', '--force');
    await stack.login();
    await stack.docker('pull', '--quiet', imageRef);
    const inside = (...command: string[]) => stack.docker('run', '--rm', '--network=none', imageRef, ...command);
    expect((await inside('prefect', '--version')).trim().split('\n')).toContain(prefect);
    expect((await inside('id', '-u')).trim()).toBe('1000');
    expect(await inside('sh', '-c', 'echo ~; cd ~ && : > written && echo yes')).toBe('/home/prefect\nyes\n');
    // The wheels that Python itself brings along are the base's.
    expect(await inside('sh', '-c', 'find / -xdev -name "*.whl" -not -path "*/ensurepip/*" 2>/dev/null | head')).toBe(
      '',
    );
    // pip installs and compiles all of the lock.
  }, 900_000);
});
