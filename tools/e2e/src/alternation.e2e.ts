import { type Deployment, Prefect } from './parts/prefect';
import { prefectDeploy } from './parts/prefect-deploy';
import { Workspace } from './parts/workspace';

interface Schedule {
  id: string;
  slug: string | null;
  active: boolean;
  schedule: { cron?: string; interval?: number };
}

/** Two states of source, for each way to write schedules. */
const SOURCES: Record<string, [first: string, second: string]> = {
  one: ['{cron: "0 1 * * *"}', '{cron: "0 2 * * *"}'],
  several: ['{cron: "0 1 * * *"}, {interval: 3600}', '{cron: "0 3 * * *"}, {interval: 3600}, {interval: 60}'],
  slugs: [
    '{cron: "0 1 * * *", slug: a}, {interval: 3600, slug: b}',
    '{cron: "0 2 * * *", slug: a}, {interval: 60, slug: c}',
  ],
};

const flow = (name: string) => `from prefect import flow\n\n\n@flow(name="${name}")\ndef main(): pass\n`;
const yaml = (schedules: string) =>
  `deployments:\n  - {name: d, entrypoint: "flow.py:main", work_pool: {name: pool}, schedules: [${schedules}]}\n`;

describe('register and prefect deploy, one after the other', () => {
  let prefect: Prefect;
  let workspace: Workspace;
  beforeAll(async () => {
    prefect = await Prefect.start();
    await prefect.createPool();
    workspace = await Workspace.create(
      Object.fromEntries(Object.keys(SOURCES).map((name) => [`flows/p/${name}/flow.py`, flow(name)])),
    );
  });
  afterAll(async () => {
    workspace?.dispose();
    await prefect?.stop();
  });

  const write = (state: 0 | 1) => {
    for (const [name, states] of Object.entries(SOURCES))
      workspace.write({ [`flows/p/${name}/prefect.yaml`]: yaml(states[state]) });
  };
  const ours = async (...words: string[]) => {
    const { code, output } = await workspace.nx(['run-many', '-t', 'register', ...words], {
      env: { PREFECT_API_URL: prefect.apiUrl },
    });
    expect([code, output]).toEqual([0, expect.anything()]);
  };
  const theirs = async () => {
    const folders = Object.fromEntries(Object.keys(SOURCES).map((name) => [name, workspace.path(`flows/p/${name}`)]));
    const deployed = await prefectDeploy(folders, { PREFECT_API_URL: prefect.apiUrl });
    expect(Object.values(deployed).filter(({ code }) => code !== 0)).toEqual([]);
  };
  const switchOff = async (which: string) => {
    for (const { id, schedules } of (await prefect.deployments()).values())
      for (const schedule of schedules as Schedule[])
        if (said(schedule) === which)
          await prefect.call('PATCH', `/deployments/${id}/schedules/${schedule.id}`, { active: false });
  };
  const expectSchedules = async (expected: Record<string, string[]>) => {
    const held = [...(await prefect.deployments())].map(([name, { schedules }]) => [
      name.split('/')[0],
      (schedules as Schedule[]).map((one) => `${said(one)} ${one.slug} ${one.active ? 'on' : 'off'}`).sort(),
    ]);
    expect(Object.fromEntries(held)).toEqual(expected);
  };
  const FIRST = {
    one: ['0 1 * * * null on'],
    several: ['0 1 * * * null on', '3600 null on'],
    slugs: ['0 1 * * * a on', '3600 b on'],
  };

  it('both go on after the other, and nothing is doubled', async () => {
    write(0);
    await ours();
    await expectSchedules(FIRST);
    await theirs();
    await expectSchedules(FIRST);
    await ours();
    await expectSchedules(FIRST);
    const before = stamps(await prefect.deployments());
    await ours();
    expect(stamps(await prefect.deployments())).toEqual(before);
  }, 400_000);

  it('a switch stays with its schedule, also when source edits it', async () => {
    await switchOff('0 1 * * *');
    write(1);
    await ours();
    await expectSchedules({
      one: ['0 2 * * * null off'],
      several: ['0 3 * * * null off', '3600 null on', '60 null on'],
      slugs: ['0 2 * * * a off', '60 c on'],
    });
  }, 200_000);

  it('what prefect deploy made of other source is replaced', async () => {
    write(0);
    await theirs();
    await switchOff('3600');
    write(1);
    await theirs();
    write(0);
    await ours();
    await expectSchedules({
      one: ['0 1 * * * null on'],
      several: ['0 1 * * * null on', '3600 null on'],
      slugs: ['0 1 * * * a off', '3600 b off'],
    });
    await theirs();
  }, 400_000);

  it('new schedules are switched off with --no-schedule, and stay so', async () => {
    await prefect.reset();
    await ours('--no-schedule');
    const off = Object.fromEntries(
      Object.entries(FIRST).map(([name, all]) => [name, all.map((one) => one.replace(/n$/, 'ff'))]),
    );
    await expectSchedules(off);
    write(1);
    await ours();
    await expectSchedules({
      one: ['0 2 * * * null off'],
      several: ['0 3 * * * null off', '3600 null off', '60 null on'],
      slugs: ['0 2 * * * a off', '60 c on'],
    });
  }, 200_000);
});

function said({ schedule: { cron, interval } }: Schedule): string {
  return cron ?? String(interval);
}

function stamps(deployments: Map<string, Deployment>): string[] {
  return [...deployments].map(([name, { updated }]) => `${name} ${updated}`).sort();
}
