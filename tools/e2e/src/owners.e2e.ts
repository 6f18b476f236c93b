import { flowFiles } from './parts/flows';
import { Workspace } from './parts/workspace';

let workspace: Workspace;
beforeEach(async () => {
  workspace = await Workspace.create({
    ...flowFiles('project_1/flow1'),
    ...flowFiles('project_2/flow1'),
    'libs/alerts/__init__.py': '',
    CODEOWNERS: '* @all\n/flows/project_1/ @sales\n',
  });
});
afterEach(() => workspace?.dispose());

it.each([
  ['without a daemon', false],
  ['with the daemon', true],
])('an edit of CODEOWNERS shows at once, %s, and runs nothing again', async (_, daemon) => {
  const nx = async (...args: string[]) => {
    const ran = await workspace.nx(args, { daemon });
    if (ran.code !== 0) throw new Error(ran.output);
    return ran;
  };
  const owners = async () => {
    await nx('graph', '--file=.nx/graph.json');
    const { nodes } = (
      JSON.parse(workspace.read('.nx/graph.json')) as {
        graph: { nodes: Record<string, { data: { root: string; metadata?: { owners?: object } } }> };
      }
    ).graph;
    return Object.fromEntries(
      Object.entries(nodes)
        .filter(([, { data }]) => data.root !== '.')
        .map(([name, { data }]) => [name, Object.keys(data.metadata?.owners ?? {})]),
    );
  };
  try {
    expect(await owners()).toEqual({ 'project_1-flow1': ['@sales'], 'project_2-flow1': ['@all'], alerts: ['@all'] });
    await nx('run-many', '-t', 'build');

    workspace.edit('CODEOWNERS', (text) => `${text}/flows/*/flow1/ @ada grace@example.com\n/libs/\n`);
    expect(await owners()).toEqual({
      'project_1-flow1': ['@ada', 'grace@example.com'],
      'project_2-flow1': ['@ada', 'grace@example.com'],
      alerts: [],
    });

    expect([...(await nx('run-many', '-t', 'build')).tasks.values()]).toEqual(['hit', 'hit']);
    expect((await nx('affected', '-t', 'register')).output).toContain('No tasks were run');
  } finally {
    await workspace.nx(['daemon', '--stop'], { daemon: true });
  }
});
