import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FlowError } from '../core/errors';
import { shownChange } from '../engines/shown-change';
import { jsonDocument } from './json-document';
import { markdown } from './markdown';
import type { Registered } from '../engines/engine';
import type { Action, Reported, Result } from './result';
import { RunReport } from './run-report';
import { asksForAttention } from './status-report';
import type { Style } from './style';
import { summaryLines } from './summary';

/** What each verb prints, as files to look at. `NX_PREFECT_SCREENS=write` writes them again. */
const FOLDER = join(__dirname, 'screens');

const server = { apiUrl: 'http://127.0.0.1:4200/api', source: 'PREFECT_API_URL' };

const failure = new FlowError({
  code: 'work-pool-not-found',
  file: 'flows/sales/load/flow.py',
  line: 7,
  what: 'The server http://127.0.0.1:4200/api has no work pool "gpu" (it has: local).',
  next: 'Create it (prefect work-pool create gpu --type process) or set the option "workPool".',
});

const LOCAL = 'Warning: without the option "s3Bucket" the code stays in .prefect-code/ of this machine.';

const changes = [
  shownChange('description', 'Loads what was sold.\n\nDaily.', 'Loads what was sold.\n\nHourly.'),
  shownChange('tags', ['old', 'sales'], ['sales', '{{ $STAGE }}']),
  shownChange(
    'job_variables',
    { env: { DB_PASSWORD: 'a', REGION: 'eu' } },
    { env: { DB_PASSWORD: 'b', REGION: 'us' } },
  ),
];

/** One in twenty is new, one in twenty differs, the third fails; of three flows each is one of these. */
function reported(verb: string, count: number): Reported[] {
  return Array.from({ length: count }, (_, at): Reported => {
    const flow = `sales-f${at}`;
    const kind = count === 3 ? at : at % 20;
    const url = `http://127.0.0.1:4200/deployments/deployment/${String(at).padStart(4, '0')}`;
    const notes = kind < 2 ? [LOCAL] : [];
    const plain: Pick<Result, 'fields' | 'notes'> = { fields: [], notes };
    const results: Record<string, Result> = {
      register:
        kind === 0
          ? { title: `load ${at}/default`, action: 'created', url, ...plain }
          : kind === 1
            ? { title: `load ${at}/default`, action: 'updated', url, fields: ['description', 'tags'], notes }
            : { title: `load ${at}/default`, action: 'unchanged', url, ...plain },
      plan:
        kind === 0
          ? { title: `load ${at}/default`, action: 'create', ...plain }
          : kind === 1
            ? { title: `load ${at}/default`, action: 'update', url, fields: ['description', 'tags'], changes, notes }
            : { title: `load ${at}/default`, action: 'unchanged', url, ...plain },
      build: { title: flow, action: 'built', fields: [], notes: [] },
      test: { title: flow, action: 'passed', fields: [], notes: [] },
    };
    const failed: Result = { title: `load ${at}/default`, action: 'failed', error: failure, fields: [], notes: [] };
    const withServer = ['plan', 'register'].includes(verb) ? { server } : {};
    return { task: `${flow}:${verb}`, flow, results: [at === 2 ? failed : results[verb]!], ...withServer };
  });
}

function screen(verb: string, all: Reported[], env: NodeJS.ProcessEnv = {}, style: Style = { colours: false }): string {
  const lines: string[] = [];
  let now = 0;
  const report = new RunReport(verb, new Map(all.map(({ task }) => [task, {}])), {
    workspaceRoot: '/work',
    env,
    style,
    show: (more) => lines.push(...more),
    now: () => now,
  });
  for (const one of all) {
    now += 250;
    report.add(one);
  }
  report.end();
  return `${lines.join('\n')}\n`;
}

/** Of three flows each asks for attention; of sixty one in six does. */
const STATES: Action[] = ['drifted', 'not known', 'failed', 'out of date', 'foreign', 'removed from source'];

function statusScreen(count: number, verb = 'status', states = STATES): string {
  const all = Array.from({ length: count }, (_, at): Reported => {
    const action = (count === 3 || at < 6 ? states[at] : undefined) ?? 'in sync';
    const title = `load ${at}/default`;
    const error = action === 'failed' ? { error: failure } : {};
    const held: Registered = {
      id: String(at),
      identity: [`load ${at}`, 'default'],
      isBound: true,
      drifted: [],
      isPaused: at === 7,
      schedules: { active: at === 8 ? 0 : 1, all: 1 },
      ...(at > 8 ? { lastRun: { state: at === 9 ? 'Failed' : 'Completed', at: '2026-11-30T06:00:00Z' } } : {}),
    };
    const fields = action === 'drifted' ? ['description'] : [];
    return { task: '', flow: `sales-f${at}`, results: [{ title, action, fields, notes: [], held, ...error }], server };
  });
  const lines = summaryLines({ verb, reported: all, seconds: 1.5 }, asksForAttention, { colours: false });
  return `${lines.join('\n')}\n`;
}

/** What a file of screens says. */
function textOf(name: string, text: string): string {
  const file = join(FOLDER, name);
  if (process.env['NX_PREFECT_SCREENS'] === 'write') writeFileSync(file, text);
  return existsSync(file) ? readFileSync(file, 'utf8') : 'no such file';
}

const RUN = { verb: 'plan', reported: reported('plan', 3), seconds: 1.25 };
const TERMINAL = { colours: true, width: 60 };

const SCREENS: [file: string, text: () => string][] = [
  ...['plan', 'register', 'build', 'test'].flatMap((verb) =>
    [1, 3, 60].map((count): (typeof SCREENS)[number] => [
      `${verb}-${count}.txt`,
      () => screen(verb, reported(verb, count)),
    ]),
  ),
  ...[3, 60].map((count): (typeof SCREENS)[number] => [`status-${count}.txt`, () => statusScreen(count)]),
  ['prune-3.txt', () => statusScreen(3, 'prune', ['paused', 'kept', 'failed'])],
  ['register-3-terminal.txt', () => screen('register', reported('register', 3), {}, TERMINAL)],
  ['plan-3-github.txt', () => screen('plan', reported('plan', 3), { GITHUB_ACTIONS: 'true' })],
  ['plan-3-gitlab.txt', () => screen('plan', reported('plan', 3), { GITLAB_CI: 'true' })],
  ['plan-3.md.txt', () => markdown(RUN)],
  ['plan-3.json.txt', () => `${JSON.stringify(jsonDocument(RUN), null, 2)}\n`],
];

it.each(SCREENS)('%s', (file, text) => {
  jest.useFakeTimers({ now: 1_800_000_000_000 });
  const shown = text();
  jest.useRealTimers();
  expect(textOf(file, shown)).toBe(shown);
});

it('nothing that others wrote reaches the terminal as more than text', () => {
  const title = 'a\u001b[2J\n::error::b';
  const results: Result[] = [{ title, action: 'created', fields: ['x\r'], notes: ['\u202e'] }];
  const shown = screen('register', [{ task: 'a:register', flow: 'a', results }]);
  // eslint-disable-next-line no-control-regex
  expect(shown).not.toMatch(/[\u001b\r\u202e]|^::/m);
});

it('says how far long work is', () => {
  jest.useFakeTimers();
  const lines: string[] = [];
  const report = new RunReport('build', new Map([1, 2, 3].map((at) => [`f${at}:build`, {}])), {
    workspaceRoot: '/work',
    env: {},
    style: { colours: false },
    show: (more) => lines.push(...more),
    now: () => Date.now(),
  });
  report.add({ task: 'f1:build', flow: 'f1', results: [{ title: 'f1', action: 'unchanged', fields: [], notes: [] }] });
  jest.advanceTimersByTime(20_000);
  report.end();
  jest.advanceTimersByTime(20_000);
  jest.useRealTimers();
  expect(lines.slice(0, 2)).toEqual(['build: 1 of 3 flows done, 10 s', 'build: 1 of 3 flows done, 20 s']);
  expect(lines.join('\n')).not.toContain('30 s');
});
