import { ecsRun, universalRun } from '../../nx-prefect/src/engines/prefect1/library';
import { storeOpener } from '../../nx-prefect/src/stores/stores';
import { type Prefect1Version, PREFECT1_VERSIONS, describeWith, prefect1Environment, pythonOf } from './parts/prefect1';
import { run } from './parts/workspace';

const SCRIPT = `
import json, prefect
from prefect.run_configs import ECSRun, UniversalRun
from prefect.storage import S3, Local

local = {"path": "/w/.prefect-code/a/flow.py", "directory": "/w/.prefect-code/a"}

def filled(storage):
    storage.add_flow(prefect.Flow("load"))
    return storage.serialize()

print(json.dumps([
    prefect.__version__,
    filled(S3(bucket="team", key="a/flow.py", stored_as_script=True)),
    filled(Local(**local, validate=False, stored_as_script=True)),
    ECSRun().serialize(),
    UniversalRun().serialize(),
]))
`;

async function serialized(version: Prefect1Version): Promise<unknown[]> {
  const { code, output } = await run(pythonOf(prefect1Environment(version)), ['-W', 'ignore', '-c', SCRIPT], {
    cwd: '/',
    env: { PATH: process.env['PATH'], HOME: '/nonexistent' },
  });
  if (code !== 0) throw new Error(output);
  return JSON.parse(output.trimEnd().split('\n').at(-1) ?? '') as unknown[];
}

for (const release of PREFECT1_VERSIONS) {
  describeWith([release], `the defaults as Prefect ${release} serializes them`, () => {
    it('are those that register makes', async () => {
      const [version, s3, local, ecs, universal] = (await serialized(release)) as [string, ...object[]];
      const open = storeOpener('/w');
      const flow = { name: 'load', prefect: version };
      expect(open({ url: 's3://team/' }).storage('a', 'flow.py', flow)).toEqual(s3);
      expect(open({ url: 'local:' }).storage('a', 'flow.py', flow)).toEqual(local);
      expect(ecsRun(version)).toEqual(ecs);
      expect(universalRun(version)).toEqual(universal);
    });
  });
}
