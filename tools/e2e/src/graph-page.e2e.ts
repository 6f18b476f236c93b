import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { findChromium, launchChromium, NO_BROWSER } from './parts/browser';
import { type Drawn, GraphPage } from './parts/graph-page';
import { ROOT, Workspace } from './parts/workspace';

/** `npm run pictures` keeps them. */
const PICTURES = process.env['NX_PREFECT_PICTURES'] === 'true' ? join(ROOT, 'docs', 'pictures') : undefined;
const REFERENCE = [
  'nx.json',
  'package.json',
  'requirements.txt',
  'CODEOWNERS',
  '.gitignore',
  'tools/nx-prefect/package.json',
];
const EDITED = 'libs/notify/message.py';
/** What can be done with a flow, and in what words. */
const TARGETS = {
  build: 'Loads the flow and writes its manifest: what it registers and which files ship.',
  register: 'Registers the flow if the server differs from its source.',
  plan: 'Shows what register would change on the server.',
  test: "Runs pytest in the flow's Python environment.",
};

interface Exported {
  graph: { nodes: Record<string, unknown>; dependencies: Record<string, { target: string }[]> };
  tasks: { tasks: Record<string, unknown>; dependencies: Record<string, { id: string }[]> };
}

let workspace: Workspace;
beforeAll(async () => {
  const files = REFERENCE.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]);
  workspace = await Workspace.create(Object.fromEntries(files), { examples: true });
});
afterEach(() => workspace.git('checkout', '--quiet', '.'));
afterAll(() => workspace?.dispose());

async function nx(...args: string[]): Promise<string> {
  const { code, output } = await workspace.nx(args);
  if (code !== 0) throw new Error(output);
  return output;
}

/** What `nx graph --file` says. */
async function exported(...args: string[]): Promise<Exported> {
  await nx('graph', '--file=.nx/graph.json', ...args);
  return JSON.parse(workspace.read('.nx/graph.json')) as Exported;
}

const runs = findChromium() !== undefined || process.env['CI'] === 'true' || PICTURES !== undefined;
if (!runs) console.warn(`Left out: the page of nx graph. ${NO_BROWSER}`);
(runs ? describe : describe.skip)('the page of nx graph', () => {
  let browser: Browser;
  let graph: GraphPage;
  const open = async (...args: string[]) => {
    const page = await browser.newPage({ viewport: { width: 1320, height: 480 } });
    graph = await GraphPage.start(page, workspace, ...args);
  };
  const shows = async (expected: Drawn, picture: string) => {
    expect(await graph.drawn(expected)).toEqual(expected);
    await takes(picture);
  };
  const takes = async (picture: string) => {
    const png = await graph.picture();
    expect(png.length).toBeLessThan(150_000);
    if (PICTURES === undefined) return;
    mkdirSync(PICTURES, { recursive: true });
    writeFileSync(join(PICTURES, `${picture}.png`), png);
  };

  beforeAll(async () => {
    browser = await launchChromium();
    await open();
  });
  afterAll(async () => {
    await graph?.stop();
    await browser?.close();
  });

  it('draws every project and every edge', async () => {
    const { nodes, dependencies } = (await exported()).graph;
    const expected = {
      nodes: Object.keys(nodes)
        .map((name) => `project-${name}`)
        .sort(),
      edges: Object.entries(dependencies)
        .flatMap(([name, edges]) => edges.map(({ target }) => `project-${name}|project-${target}`))
        .sort(),
    };
    expect(expected).toMatchObject({
      nodes: expect.arrayContaining(['project-project_2-flow1']),
      edges: [
        'project-prefect-flows|project-nx-prefect',
        'project-project_1-flow1|project-notify',
        'project-project_1-flow2|project-notify',
      ],
    });
    await graph.openProjects();
    await shows(expected, 'projects');
  });

  it('draws one flow and what it depends on', async () => {
    await graph.openProjects({}, { type: 'focused', nodeId: 'project-project_1-flow1' });
    await shows(
      { nodes: ['project-notify', 'project-project_1-flow1'], edges: ['project-project_1-flow1|project-notify'] },
      'focused',
    );
  });

  it('draws the tasks of register', async () => {
    const { tasks, dependencies } = (await exported('--targets=register')).tasks;
    const expected = {
      nodes: Object.keys(tasks)
        .map((task) => `task-${task}`)
        .sort(),
      edges: Object.entries(dependencies)
        .flatMap(([task, needed]) => needed.map(({ id }) => `task-${task}|task-${id}`))
        .sort(),
    };
    expect(expected.nodes).toEqual(['1-flow1', '1-flow2', '2-flow1'].map((flow) => `task-project_${flow}:register`));
    await graph.open('/tasks/all?targets=register');
    await shows(expected, 'tasks');
  });

  it('tells of a flow what it does, whose it is and what can be done with it', async () => {
    await graph.page.setViewportSize({ width: 1200, height: 700 });
    await graph.open(`/project-details/project_1-flow1?expanded=${Object.keys(TARGETS).join(',')}`);
    const paragraph = (start: string) => graph.page.locator('p').filter({ hasText: start }).first().textContent();
    expect(await paragraph("Loads one day's orders")).toMatch(
      /^Loads one day's orders from a CSV file, .* every morning at six\.$/,
    );
    expect(await paragraph('Owners:')).toBe('Owners:@example/sales-data');
    expect(await paragraph('Tags:')).toBe('Tags:project:project_1type:flow');
    for (const [target, description] of Object.entries(TARGETS)) {
      await graph.page.getByText(description, { exact: true }).waitFor();
      const help = await paragraph(`project_1-flow1:${target} --help`);
      const [npx, command, ...args] = help!.split(' ');
      expect([npx, command]).toEqual(['npx', 'nx']);
      const executor = target === 'test' ? 'test' : 'flow';
      expect(await nx(...args)).toMatch(new RegExp(`^Executor: +nx-prefect:${executor}\\b[^]*^Options:`, 'm'));
    }
    await graph.open('/project-details/project_1-flow1?expanded=register');
    await graph.page.getByText(TARGETS.register).waitFor();
    await takes('details');
    await graph.open('/project-details/project_2-flow1');
    expect(await paragraph('Owners:')).toBe('Owners:customer-data@example.com');
  });

  it('draws what an edit affects', async () => {
    workspace.edit(EDITED, (text) => `${text}\n# edited\n`);
    await graph.stop();
    await open('--affected');
    await graph.openProjects({ showMode: 'affected' });
    await shows(
      {
        nodes: ['project-notify', 'project-project_1-flow1', 'project-project_1-flow2'],
        edges: ['project-project_1-flow1|project-notify', 'project-project_1-flow2|project-notify'],
      },
      'affected',
    );
  });
});

it('nx affected --explain names the edited file, and what it reaches', async () => {
  workspace.edit(EDITED, (text) => `${text}\n# edited\n`);
  const output = await nx('affected', '-t', 'register', '--explain');
  expect(output).toContain('2 out of 3 register tasks are affected');
  expect(output).toMatch(new RegExp(`^ +${EDITED}:\n( +- project_1-flow[12]:register\n){2}`, 'm'));
  const { affected } = JSON.parse(
    /^\{[^]*^\}/m.exec(await nx('affected', '-t', 'register', '--explain=stdout'))![0],
  ) as { affected: Record<string, { file?: string }[]> };
  expect(Object.keys(affected).sort()).toEqual(['project_1-flow1:register', 'project_1-flow2:register']);
  for (const reasons of Object.values(affected)) expect(reasons.map(({ file }) => file)).toContain(EDITED);
});
