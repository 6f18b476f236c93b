import { Prefect } from './parts/prefect';
import { Workspace, expectSuccess } from './parts/workspace';

const COUNT = 60;

/** `prefect deploy --all` gives the second of two folders with a `models.py` the schema of the first. */
function files(): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: COUNT }, (_, at) => [
      [
        `flows/p${at % 3}/f${at}/flow.py`,
        `from prefect import flow
from models import Order
from utils import LIMIT


@flow(name="flow-${at}")
def main(order: Order, limit: int = LIMIT):
    return order
`,
      ],
      [
        `flows/p${at % 3}/f${at}/models.py`,
        `from pydantic import BaseModel\n\n\nclass Order(BaseModel):\n    field_${at}: int\n`,
      ],
      [`flows/p${at % 3}/f${at}/utils.py`, `LIMIT = ${at}\n`],
    ]).flat(),
  );
}

describe(`${COUNT} flows whose siblings share names`, () => {
  let prefect: Prefect;
  let workspace: Workspace;
  beforeAll(async () => {
    prefect = await Prefect.start();
    await prefect.createPool();
    workspace = await Workspace.create(files());
  });
  afterAll(async () => {
    workspace?.dispose();
    await prefect?.stop();
  });

  it('each carry their own parameter schema', async () => {
    expectSuccess(await workspace.nx(['run-many', '-t', 'register'], { env: { PREFECT_API_URL: prefect.apiUrl } }));
    const deployments = await prefect.deployments();
    expect(deployments.size).toBe(COUNT);
    for (let at = 0; at < COUNT; at++) {
      const schema = deployments.get(`flow-${at}/default`)?.['parameter_openapi_schema'] as {
        properties: Record<string, { default?: unknown }>;
        definitions: Record<string, { properties: object }>;
      };
      expect(schema.properties['limit']?.default).toBe(at);
      expect(Object.keys(schema.definitions['Order']?.properties ?? {})).toEqual([`field_${at}`]);
    }
  });
});
