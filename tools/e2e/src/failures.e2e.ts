import { flowFiles } from './parts/flows';
import { Prefect } from './parts/prefect';
import { Proxy } from './parts/proxy';
import type { Ran } from './parts/workspace';
import { temporaryWorkspaces } from './parts/workspaces';

const FLOW = 'from prefect import flow\n\n\n@flow(name="NAME")\ndef main():\n    return 1\n';
const named = (name: string, more = '') => `${FLOW.replace('NAME', name)}${more}`;

/** Each bad flow, and what its one line must say: code, file with line, and a hint. */
const BAD: [folder: string, code: string, files: Record<string, string>, says: RegExp][] = [
  [
    'raises',
    'import-failed',
    {
      'flow.py': `${named('raises')}\nfrom utils import broken\nbroken()\n`,
      'utils.py': 'def broken():\n    raise ValueError("no such table")\n',
    },
    /bad\/raises\/utils\.py:2: .*no such table/,
  ],
  ['exits', 'system-exit', { 'flow.py': `import sys\n${named('exits')}\nsys.exit(3)\n` }, /bad\/exits\/flow\.py:9: /],
  [
    'syntax',
    'syntax-error',
    { 'flow.py': 'from prefect import flow\n\n@flow\ndef main(:\n    pass\n' },
    /bad\/syntax\/flow\.py:4: /,
  ],
  ['empty', 'no-flow', { 'flow.py': 'import prefect\n' }, /bad\/empty\/flow\.py: The file defines no flow/],
  [
    'several',
    'several-flows',
    { 'flow.py': `${named('several')}\n\n@flow\ndef other():\n    return 2\n` },
    /\(main, other\).*entrypoint/,
  ],
  [
    'loop',
    'unbound-flow',
    {
      'flow.py': `from prefect import flow

FLOWS = []
for n in range(2):
    @flow(name=f"loop-{n}")
    def run():
        return 1
    FLOWS.append(run)
del run
`,
    },
    /bound to no attribute/,
  ],
  [
    'serves',
    'serve-at-import',
    { 'flow.py': `${named('serves')}\nmain.serve("x")\n` },
    /bad\/serves\/flow\.py:8: .*to_deployment/,
  ],
  [
    'deploys',
    'serve-at-import',
    { 'flow.py': `${named('deploys')}\nmain.deploy("x", work_pool_name="pool", image="i")\n` },
    /bad\/deploys\/flow\.py:8: /,
  ],
  [
    'package',
    'module-not-found',
    { 'flow.py': `import pandas_of_nowhere\n${named('package')}` },
    /bad\/package\/flow\.py:1: .*pandas_of_nowhere/,
  ],
  [
    'hangs',
    'time-limit',
    {
      'flow.py': `${named('hangs')}\nimport time\ntime.sleep(3600)\n`,
      'project.json': '{"name": "bad-hangs", "targets": {"build": {"options": {"timeLimit": 3}}}}',
    },
    /took longer than 3 s/,
  ],
  ['dies', 'worker-died', { 'flow.py': `${named('dies')}\nimport os\nos._exit(7)\n` }, /exit code 7/],
  [
    'edits',
    'source-changed-by-load',
    { 'flow.py': `${named('edits')}\nwith open(__file__, "a") as own:\n    own.write("# loaded\\n")\n` },
    /bad\/edits\/flow\.py: While it is loaded, the flow changes this file/,
  ],
  [
    'random',
    'not-deterministic',
    {
      'flow.py': `import uuid
${named('random')}
daily = main.to_deployment("daily", parameters={"at": str(uuid.uuid4())})
`,
    },
    /deployments\[0\].*parameters/,
  ],
];

function badFiles(): Record<string, string> {
  const bad = BAD.flatMap(([folder, , files]) =>
    Object.entries(files).map(([file, content]) => [`flows/bad/${folder}/${file}`, content]),
  );
  return {
    ...Object.fromEntries(bad),
    ...flowFiles('good/quiet', { name: 'quiet' }),
    'flows/good/prints/flow.py': `print("hello from import")\n${named('prints')}`,
    'flows/twins/one/flow.py': named('twin'),
    'flows/twins/two/flow.py': named('twin'),
  };
}

describe('what goes wrong, says what, where and what to do next', () => {
  let prefect: Prefect;
  const workspace = temporaryWorkspaces();
  beforeAll(async () => {
    prefect = await Prefect.start();
    await prefect.createPool();
  });
  afterAll(() => prefect?.stop());
  beforeEach(() => prefect.reset());

  describe('in flows', () => {
    let ran: Ran;
    let registered: string[];
    beforeAll(async () => {
      const made = await workspace(badFiles());
      ran = await made.nx(['run-many', '-t', 'register'], {
        env: { PREFECT_API_URL: prefect.apiUrl },
      });
      registered = [...(await prefect.deployments()).keys()].sort();
    });

    it('the others register, and the run fails', () => {
      expect(ran.code).not.toBe(0);
      expect(registered).toEqual(['prints/default', 'quiet/default']);
    });

    it.each(BAD.map(([folder, code, , says]) => [folder, code, says] as const))('%s: %s', (folder, code, says) => {
      expect(ran.tasks.get(`bad-${folder}:register`)).toBe('failed');
      const line = ran.output.split('\n').find((text) => text.includes(`[${code}]`) && text.includes(folder));
      expect(line).toMatch(says);
    });

    it('an identity that two folders share names both files', () => {
      const lines = ran.output.split('\n').filter((text) => text.includes('[identity-clash]'));
      expect(lines).toHaveLength(2);
      for (const line of lines) expect(line).toMatch(/twins\/one\/flow\.py.*twins\/two\/flow\.py/);
    });

    it("a traceback is cut to the user's own frames", () => {
      expect(ran.output).toContain('utils.py');
      expect(ran.output).not.toMatch(/importtools\.py|nx_prefect_worker\.py|site-packages/);
    });
  });

  describe('with servers', () => {
    const good = () => workspace(flowFiles('good/quiet', { name: 'quiet' }));

    it.each<[string, Record<string, string>, string[], RegExp]>([
      [
        'a server that is not there',
        { PREFECT_API_URL: 'http://127.0.0.1:2/api' },
        [],
        /http:\/\/127\.0\.0\.1:2\/api \(from PREFECT_API_URL\) can't be reached: ECONNREFUSED.*\[server-unreachable\]/,
      ],
      [
        'a work pool that is not there',
        {},
        ['--workPool=nowhere'],
        /no work pool "nowhere" \(it has: pool\).*prefect work-pool create nowhere.*\[work-pool-not-found\]/,
      ],
      ['no address', { PREFECT_API_URL: '' }, [], /PREFECT_API_URL((?!npm start).)*\[no-server\]/],
      ['a mistyped option', {}, ['--apiUrl=nonsense'], /"apiUrl".*--help \[bad-option\]/],
    ])('%s', async (_what, env, args, says) => {
      const made = await good();
      const { code, output } = await made.nx(['run', 'good-quiet:register', ...args], {
        env: { PREFECT_API_URL: prefect.apiUrl, ...env },
      });
      expect(code).not.toBe(0);
      expect(output).toMatch(says);
      expect(output).not.toMatch(/^\s+at .*\.js:\d+/m);
      expect((await prefect.deployments()).size).toBe(0);
    });

    it('an env file that Nx would not pass on stops the run', async () => {
      const made = await good();
      made.write({ '.env.register': 'PREFECT_API_URL=http://production.example.com/api\n' });
      const { code, output } = await made.nx(['run', 'good-quiet:register'], {
        env: { PREFECT_API_URL: prefect.apiUrl },
      });
      expect(code).not.toBe(0);
      expect(output).toMatch(/\.env\.register: The file sets PREFECT_API_URL.*\[task-env-file\]/);
      expect((await prefect.deployments()).size).toBe(0);
    });
  });

  it('a bad option of register fails that flow alone, and a number is as good as a word', async () => {
    const made = await workspace({
      ...flowFiles('p/good', { name: 'good' }),
      ...flowFiles('p/mistyped', { name: 'mistyped' }),
      'flows/p/mistyped/project.json': JSON.stringify({
        name: 'p-mistyped',
        targets: { register: { options: { workPol: 'pool' } } },
      }),
    });
    const { code, output } = await made.nx(['run-many', '-t', 'register', '--deploymentName=3', '--tags=2026'], {
      env: { PREFECT_API_URL: prefect.apiUrl },
    });
    expect(code).not.toBe(0);
    expect(output).toMatch(/^.*p-mistyped.*workPol.*\[bad-option\]$/m);
    const deployments = await prefect.deployments();
    expect([...deployments.keys()]).toEqual(['good/3']);
    expect(deployments.get('good/3')).toMatchObject({ tags: expect.arrayContaining(['2026']) });
  });

  it('a first registration that the server refuses takes nothing away that somebody else made meanwhile', async () => {
    const made = await workspace({
      ...flowFiles('good/quiet', { name: 'quiet' }),
      'flows/good/quiet/prefect.yaml':
        'deployments:\n  - name: default\n    entrypoint: flow.py:main\n    schedules:\n      - cron: "{{ $CRON }}"\n',
    });
    const theirs: { deployment?: string; run?: string } = {};
    const proxy = await Proxy.start(prefect.apiUrl, async ({ method, path }) => {
      if (method !== 'POST' || path !== '/api/deployments/' || theirs.deployment !== undefined) return;
      const { id: flow } = await prefect.call<{ id: string }>('POST', '/flows/', { name: 'quiet' });
      const { id } = await prefect.call<{ id: string }>('POST', '/deployments/', {
        name: 'production',
        flow_id: flow,
        work_pool_name: 'pool',
      });
      theirs.deployment = id;
      theirs.run = (await prefect.call<{ id: string }>('POST', `/deployments/${id}/create_flow_run`, {})).id;
    });
    try {
      const { code, output } = await made.nx(['run', 'good-quiet:register'], {
        env: { PREFECT_API_URL: proxy.url, CRON: '99 * * * *' },
      });
      expect(code).not.toBe(0);
      expect(output).toMatch(/\[server-refused\]/);
    } finally {
      await proxy.stop();
    }
    expect([...(await prefect.deployments()).keys()]).toEqual(['quiet/production']);
    await expect(prefect.call('GET', `/flow_runs/${theirs.run}`)).resolves.toMatchObject({
      deployment_id: theirs.deployment,
    });
  });
});
