import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tree } from '@nx/devkit';
import { createTree } from '@nx/devkit/testing';
import { parse } from 'yaml';
import ciGenerator from './generator';

const GITHUB = '.github/workflows/flows.yml';
const GITLAB = '.gitlab-ci.yml';

interface Step {
  run?: string;
  uses?: string;
  if?: string;
  with?: Record<string, unknown>;
}
interface Job {
  if: string;
  env?: Record<string, string>;
  permissions?: Record<string, string>;
  steps: Step[];
}

describe('ci generator', () => {
  let tree: Tree;
  let root: string;
  beforeEach(() => {
    tree = createTree();
    root = mkdtempSync(join(tmpdir(), 'nx-prefect-spec-'));
    tree.root = root;
    tree.write('nx.json', JSON.stringify({ plugins: [{ plugin: 'nx-prefect', options: { register: {} } }] }));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const github = async () => {
    await ciGenerator(tree, { ci: 'github' });
    return parse(tree.read(GITHUB, 'utf8')!) as { jobs: Record<string, Job>; permissions: object; env: object };
  };
  const runs = ({ steps }: Job) => steps.flatMap(({ run }) => run ?? []);

  it('gives credentials to no job that code of a fork runs in', async () => {
    const { jobs, permissions } = await github();
    expect(permissions).toEqual({ contents: 'read' });
    expect(jobs['test']).not.toHaveProperty('env');
    expect(JSON.stringify(jobs['test'])).not.toMatch(/secrets|role-to-assume|write/);
    for (const job of ['plan', 'preview'])
      expect(jobs[job]!.if).toContain('github.event.pull_request.head.repo.full_name == github.repository');
    expect(jobs['register']!.if).toBe("github.event_name == 'push'");
  });

  it('shows the plan of a pull request, and registers everything on the main branch', async () => {
    const { jobs, env } = await github();
    expect(env).toEqual({ NX_BASE: '${{ github.event.pull_request.base.sha }}', NX_HEAD: 'HEAD' });
    expect(runs(jobs['test']!).at(-1)).toBe('npx nx affected -t test build');
    expect(runs(jobs['plan']!).slice(-2)).toEqual([
      'npx nx affected -t plan --markdown=plan.md',
      'gh pr comment "$NUMBER" --edit-last --create-if-none --body-file plan.md',
    ]);
    expect(runs(jobs['register']!).at(-1)).toBe('npx nx run-many -t register --refuseOlder');
    expect(runs(jobs['register']!).join()).not.toContain('docker-deploy');
  });

  it('deploys images first, with credentials for AWS, where the repository has one', async () => {
    tree.write('images/etl/Dockerfile', 'FROM scratch\n');
    const { jobs } = await github();
    expect(runs(jobs['register']!).slice(-2)[0]).toBe('npx nx run-many -t docker-deploy');
    expect(jobs['register']!.steps.some(({ uses }) => uses?.startsWith('aws-actions/'))).toBe(true);
    expect(jobs['register']!.permissions).toMatchObject({ 'id-token': 'write' });
  });

  it.each([
    ['uv.lock', 'uv sync --frozen'],
    ['requirements.txt', '.venv/bin/pip install -r requirements.txt pytest'],
  ])('installs what %s names', async (lock, line) => {
    tree.write(lock, '');
    const { jobs } = await github();
    expect(runs(jobs['register']!)[0]!.split('\n')).toEqual(expect.arrayContaining(['npm ci', line]));
  });

  it('uses the package manager of the lock file', async () => {
    writeFileSync(join(root, 'pnpm-lock.yaml'), '');
    const { jobs } = await github();
    expect(runs(jobs['test']!).at(-1)).toBe('pnpm exec nx affected -t test build');
  });

  it('writes the same jobs for GitLab', async () => {
    await ciGenerator(tree, { ci: 'gitlab' });
    const jobs = parse(tree.read(GITLAB, 'utf8')!) as Record<string, { script?: string[]; rules?: { if: string }[] }>;
    expect(jobs['register']!.script).toEqual(['npx nx run-many -t register --refuseOlder']);
    expect(jobs['test']!.script).toEqual(['npx nx affected -t test build']);
    for (const job of ['plan', 'preview'])
      expect(jobs[job]!.rules![0]!.if).toContain('$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID');
  });

  it('leaves a workflow alone that is there already, and refuses others', async () => {
    tree.write(GITHUB, 'mine');
    await expect(ciGenerator(tree, {})).rejects.toMatchObject({ code: 'flow-exists' });
    await expect(ciGenerator(tree, { ci: 'jenkins' as 'github' })).rejects.toMatchObject({ code: 'bad-option' });
  });
});
