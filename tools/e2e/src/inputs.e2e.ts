import { flowFiles } from './parts/flows';
import { Prefect } from './parts/prefect';
import { Workspace } from './parts/workspace';

// eslint-disable-next-line no-control-regex
const DIRTY = /[\0-\x08\x0b-\x1f\x7f-\x9f]|Unexpected error|Unhandled/;

/** What only a real run shows of the table in verbs/inputs.spec.ts: Nx's own words, and what reaches the server. */
describe('bad inputs through Nx', () => {
  let prefect: Prefect;
  const made: Workspace[] = [];
  beforeAll(async () => {
    prefect = await Prefect.start();
    await prefect.createPool();
  });
  afterAll(async () => {
    for (const workspace of made) workspace.dispose();
    await prefect?.stop();
  });

  const create = async (files: Record<string, string>) => {
    const workspace = await Workspace.create(files);
    made.push(workspace);
    return workspace;
  };
  const env = () => ({ PREFECT_API_URL: prefect.apiUrl });

  it('the exact text of what is typed reaches the server; what is empty or given twice is refused', async () => {
    const workspace = await create(flowFiles('p/a', { name: 'a' }));
    const words = ['--deploymentName=1.10', '--tags=007,1.0', '--jobVariables.env.Q=1', '--work-pool', 'pool'];
    const { code, output } = await workspace.nx(['run-many', '-t', 'register', ...words], { env: env() });
    expect([code, output]).toEqual([0, expect.stringContaining('')]);
    const deployment = (await prefect.deployments()).get('a/1.10');
    expect(deployment).toMatchObject({ job_variables: { env: { Q: '1' } } });
    expect(deployment?.['tags']).toEqual(expect.arrayContaining(['007', '1.0']));
    for (const bad of [['--deploymentName='], ['--workPool=a', '--workPool=b']]) {
      const refused = await workspace.nx(['run-many', '-t', 'plan', ...bad], { env: env() });
      expect(refused.code).not.toBe(0);
      expect(refused.output).toMatch(/^p-a:plan: The option .*(must not be empty|give it once).*\[bad-option\]$/m);
      expect(refused.output).not.toMatch(DIRTY);
    }
  });

  it('one line a clash, a folder that Nx cannot watch, and null in a file fail alone', async () => {
    const escape = String.fromCharCode(27);
    const flows = Array.from({ length: 30 }, (_, number) => flowFiles(`same/f${number}`, { name: 'main' }));
    const workspace = await create({
      ...Object.assign({}, ...flows),
      ...flowFiles('p/good', { name: 'good' }),
      ...flowFiles('p/odd[x', { name: 'odd' }),
      ...flowFiles('p/null', { name: 'null' }),
      ...flowFiles('p/loud', { name: 'loud', imports: String.raw`print("\x1b[2J all good \r now")` }),
      'flows/p/null/project.json': '{"name": "p-null", "targets": {"register": {"options": {"workPool": null}}}}',
    });
    const { output } = await workspace.nx(['run-many', '-t', 'register'], { env: env() });
    expect(output).toMatch(/^p-null:register: The option "workPool" is not right: .*null.*\[bad-option\]$/m);
    expect(output).toMatch(/odd\[x: The name of the folder .*\[folder-name\]$/m);
    expect(output.match(/^.*\[identity-clash\]$/gm)).toHaveLength(30);
    expect(output.match(/and by 27 more files/g)).toHaveLength(1);
    expect(Math.max(...output.split('\n').map((line) => line.length))).toBeLessThan(700);
    expect([...(await prefect.deployments()).keys()]).toEqual(expect.arrayContaining(['good/default', 'loud/default']));
    expect(output).not.toMatch(DIRTY);
    expect(output).not.toContain(escape);
    const named = await workspace.nx(['run-many', '-t', 'register', '--projects=same-*', '--deploymentName={flow}'], {
      env: env(),
    });
    expect([named.code, (await prefect.deployments()).has('main/f29')]).toEqual([0, true]);
  });

  it('a project.json that is no object, and one with targets that are none: file and key', async () => {
    for (const [content, says] of [
      ['[]', /flows\/p\/a\/project\.json: The file must be an object, and is \[\]\..*\[project-json\]/],
      ['{"targets": 5}', /flows\/p\/a\/project\.json: "targets" must be an object, and is 5\..*\[project-json\]/],
      ['{ "name": ', /flows\/p\/a\/project\.json/],
    ] as const) {
      const workspace = await create({ ...flowFiles('p/a', { name: 'a' }), 'flows/p/a/project.json': content });
      const { code, output } = await workspace.nx(['show', 'projects']);
      expect(code).not.toBe(0);
      expect(output).toMatch(says);
    }
  });
});
