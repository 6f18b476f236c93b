import { readFileSync, symlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { buildStorages } from '../../nx-prefect/src/engines/prefect1/build-storages';
import { describeWith, prefect1Environment, pythonOf, runFromS3 } from './parts/prefect1';
import { S3 } from './parts/s3';
import { Workspace } from './parts/workspace';

const FLOW = `from prefect import Flow, task
from prefect.storage import Local, S3
from tasks import value


@task
def check(found):
    assert found == "sibling", found


def made(name, storage):
    with Flow(name, storage=storage) as flow:
        check(value())
    return flow


as_script = made("as_script", S3("own", key="own/as_script.py", stored_as_script=True))
as_pickle = made("as_pickle", S3("own"))
on_disk = made("on_disk", Local(labels=["disk"]))
nowhere = made("nowhere", S3("nowhere", key="nowhere.pickle"))
`;

describeWith(
  ['0.15'],
  'storages that flows of Prefect 0.15.13 set, built by the library when they are registered',
  () => {
    let s3: S3;
    let workspace: Workspace;
    beforeAll(async () => {
      s3 = await S3.start();
      await s3.createBucket('own');
      workspace = await Workspace.create({
        'flows/p/f/flow.py': FLOW,
        'flows/p/f/tasks.py': 'from prefect import task\n\n\n@task\ndef value():\n    return "sibling"\n',
      });
      symlinkSync(prefect1Environment('0.15'), workspace.path('flows/p/.venv'));
      const { code, output } = await workspace.nx(['run', 'p-f:build']);
      if (code !== 0) throw new Error(output);
    });
    afterAll(() => {
      s3?.stop();
      workspace?.dispose();
    });
    const build = (...flows: string[]) =>
      buildStorages(
        pythonOf(prefect1Environment('0.15')),
        { flow: 'p-f', script: workspace.path('dist/flows/p/f/script/flow.py'), flows },
        { PATH: process.env['PATH'], HOME: workspace.path('home'), ...s3.env },
      );

    it('ship the whole script where they take a script, and siblings by value where they pickle', async () => {
      const built = await build('as_script', 'as_pickle');
      const key = (name: string) => built[name]?.storage.flows[name] ?? '';
      expect(key('as_script')).toBe('own/as_script.py');
      const { Body } = await s3.client.send(new GetObjectCommand({ Bucket: 'own', Key: key('as_script') }));
      expect(await Body?.transformToString()).toBe(
        readFileSync(workspace.path('dist/flows/p/f/script/flow.py'), 'utf8'),
      );
      const stored = (name: string, script: boolean) => ({
        name,
        bucket: 'own',
        key: key(name),
        stored_as_script: script,
      });
      expect(await runFromS3('0.15', s3, 'apart', [stored('as_script', true), stored('as_pickle', false)])).toEqual({
        as_script: '',
        as_pickle: '',
      });
    });

    it("add the host's name to the labels where the library does", async () => {
      const { on_disk: onDisk } = await build('on_disk');
      expect(onDisk?.labels).toEqual(['disk', hostname()].sort());
      expect(onDisk?.storage).toMatchObject({ type: 'Local', directory: workspace.path('home/.prefect/flows') });
    });

    it('say in one line why they can not be built', async () => {
      await expect(build('nowhere')).rejects.toThrow(
        new RegExp(
          "^p-f: Prefect can't build the storage that the flow sets: " +
            '.*bucket does not exist\\. Correct it.*\\[storage-build-failed\\]$',
        ),
      );
    });
  },
);
