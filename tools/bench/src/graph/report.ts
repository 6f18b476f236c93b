import { type Figures, median, show, timed, TIMED, whole } from '../figures';
import { table } from '../table';
import type { Contestant, Inside } from './contestant';
import type { Difference } from './edges';
import type { Plan } from './plan';

export const SCENARIOS = ['cold', 'nothing', 'flow', 'lib'] as const;
export type Scenario = (typeof SCENARIOS)[number];

const SAID: Readonly<Record<Scenario, string>> = {
  cold: 'cold, nothing cached',
  nothing: 'no change',
  flow: 'one file of a flow',
  lib: 'one file of a lib',
};

/** One command of one contestant; `gaveUp` says why there is none. Seconds and MB. */
export interface Measurement extends Figures {
  flows: number;
  contestant: string;
  scenario: Scenario;
  run: number;
  inside?: Inside | undefined;
  projects?: Difference | undefined;
  packages?: Difference | undefined;
  gaveUp?: string;
}

const HEAD = [
  'scenario, contestant',
  ...TIMED,
  'inside s',
  'inside CPU s',
  'inside MB',
  'edges missing / wrong',
  'package edges',
];

/** Tables of one size. `ratio` is the whole command's time to this plugin's; medians everywhere. */
export function report(
  { files, flows, libs, edges }: Plan,
  measurements: readonly Measurement[],
  contestants: readonly Contestant[],
): string {
  const python = [...files].filter(([file]) => file.endsWith('.py'));
  const bytes = python.reduce((sum, [, { length }]) => sum + length, 0);
  const title =
    `## ${flows.length} flows, ${libs.length} libs: ` +
    `${python.length} Python files of ${(bytes / 2 ** 20).toFixed(1)} MB, ` +
    `${edges.projects.size} edges between projects, ${edges.packages.size} to packages`;
  const rows = SCENARIOS.flatMap((scenario) => [
    [`**${SAID[scenario]}**`, ...HEAD.slice(1).map(() => '')],
    ...contestants.flatMap(({ name }) =>
      row(
        name,
        measurements.filter((each) => each.scenario === scenario),
      ),
    ),
  ]);
  const gaveUp = measurements.flatMap(({ contestant, gaveUp: why }) =>
    why === undefined ? [] : [`- ${contestant} was left out: ${why}`],
  );
  const told = contestants.map(({ name, what }) => `- ${name}: ${what}`);
  return ['', title, '', table(HEAD, rows), '', ...gaveUp, ...told, ...examples(measurements)].join('\n');
}

function row(contestant: string, ofScenario: readonly Measurement[]): string[][] {
  const own = ofScenario.filter((each) => each.contestant === contestant && each.gaveUp === undefined);
  const cells = timed(
    own,
    ofScenario.filter((each) => each.contestant === 'nx-prefect'),
  );
  if (!cells) return [];
  return [
    [
      contestant,
      ...cells,
      show(median(own.map(({ inside }) => inside?.seconds)), (value) => value.toFixed(3)),
      show(median(own.map(({ inside }) => inside?.cpu)), (value) => value.toFixed(3)),
      show(median(own.map(({ inside }) => inside?.peak)), whole),
      ...(['projects', 'packages'] as const).map((kind) => differences(own.map((each) => each[kind]))),
    ],
  ];
}

/** The worst of all runs. */
function differences(all: readonly (Difference | undefined)[]): string {
  const known = all.filter((each) => each !== undefined);
  return known.length === 0
    ? ''
    : `${Math.max(...known.map(({ missing }) => missing))} / ${Math.max(...known.map(({ wrong }) => wrong))}`;
}

function examples(measurements: readonly Measurement[]): string[] {
  const first = new Map<string, Difference>();
  for (const { contestant, projects, packages } of measurements) {
    for (const [kind, each] of Object.entries({ projects, packages }))
      if (each && each.examples.length > 0 && !first.has(`${contestant}, ${kind}`))
        first.set(`${contestant}, ${kind}`, each);
  }
  return [...first].map(([label, each]) => `- ${label}: ${each.examples.join('; ')}`);
}
