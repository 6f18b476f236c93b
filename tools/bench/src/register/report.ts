import { type Figures, median as medianOf, ratio, seconds, show, timed, TIMED, whole } from '../figures';
import { plot } from '../plot';
import { table } from '../table';
import { SCENARIOS, type Contestant, type Scenario } from './contestant';
import { build, fresh, ours } from './contestants/nx';
import { deployAll, eachFlow1, eachFlow3, load, registerAll } from './contestants/python';
import { rest } from './contestants/rest';
import type { Counted } from './counting-proxy';
import type { Engine } from './engine';

/** One command of one contestant; `gaveUp` says why there is none. */
export interface Measurement extends Figures {
  flows: number;
  contestant: string;
  scenario: Scenario;
  run: number;
  /** Registrations that differ from before, as the server tells. */
  written?: number;
  /** What went to the API, and to S3; of a run that only counts. */
  api?: Counted | undefined;
  s3?: Counted | undefined;
  gaveUp?: string;
}

const SAID: Record<Scenario, string> = {
  first: 'first registration',
  nothing: 'nothing to do',
  fresh: 'nothing to do, fresh checkout',
  flow: 'one flow changed',
  lib: 'one lib changed',
  revert: 'both taken back',
};

/** The table of one size, with the limit and the ratios that count. Medians; `ratio` is the time to this plugin's. */
export function report(
  engine: Engine,
  size: number,
  contestants: readonly Contestant[],
  all: readonly Measurement[],
): string {
  const of = finder(all.filter(({ flows }) => flows === size));
  const counting = all.some(({ api }) => api !== undefined);
  const head = counting
    ? ['scenario, contestant', 'requests', 'refused', 'writes', 'KB to S3', 'Python processes', 'written']
    : ['scenario, contestant', ...TIMED, 'written'];
  const rows = SCENARIOS.flatMap((scenario) => {
    const lines = contestants.flatMap(({ name }) =>
      counting ? countedRow(name, of(name, scenario)) : timedRow(name, of(name, scenario), of(ours.name, scenario)),
    );
    const limit = counting ? undefined : limitOf(of, scenario);
    const sum =
      limit === undefined
        ? []
        : [['limit', seconds(limit), ratio(limit, median(of(ours.name, scenario), 'wall')), '', '', '']];
    return lines.length === 0 ? [] : [[`**${SAID[scenario]}**`, ...head.slice(1).map(() => '')], ...lines, ...sum];
  });
  const notes = all
    .filter(({ flows }) => flows === size)
    .flatMap(({ contestant, gaveUp }) =>
      gaveUp === undefined ? [] : [`- ${contestant} was left out from here on: ${gaveUp}`],
    );
  const told = contestants.map(({ name, what }) => `- ${name}: ${what}`);
  return [
    '',
    `## ${size} flows, Prefect ${engine === 3 ? '3' : '0.15.13'}`,
    '',
    table(head, rows),
    '',
    ...notes,
    ...told,
    '',
    ...(counting ? [] : ratios(of)),
  ].join('\n');
}

type Find = (contestant: string, scenario: Scenario) => readonly Measurement[];

function finder(measurements: readonly Measurement[]): Find {
  return (contestant, scenario) =>
    measurements.filter(
      (each) => each.contestant === contestant && each.scenario === scenario && each.gaveUp === undefined,
    );
}

/** Nx's own time, Prefect's import and one load of all flows, and the server's time for the same requests. */
function limitOf(of: Find, scenario: Scenario): number | undefined {
  if (scenario !== 'first' && scenario !== 'nothing') return undefined;
  const parts = [
    of(build.name, 'nothing'),
    of(rest.name, scenario),
    ...(scenario === 'first' ? [of(load.name, 'first')] : []),
  ].map((part) => median(part, 'wall'));
  return parts.reduce<number | undefined>(
    (sum, part) => (sum === undefined || part === undefined ? undefined : sum + part),
    0,
  );
}

/** How often slower than this plugin each peer is, and how this plugin compares with the limit. */
function ratios(of: Find): string[] {
  const own = (scenario: Scenario) => median(of(ours.name, scenario), 'wall');
  const lines: string[] = [];
  const compare = (said: string, one: number | undefined, other: number | undefined) =>
    one !== undefined && other !== undefined && lines.push(`- ${said}: ${(one / other).toFixed(2)}`);
  for (const { name } of [deployAll, registerAll])
    for (const scenario of ['first', 'nothing'] as const)
      compare(`${SAID[scenario]}, ${name} / nx-prefect`, median(of(name, scenario), 'wall'), own(scenario));
  for (const name of new Set([eachFlow3.name, eachFlow1.name]))
    compare(`first registration, ${name} / nx-prefect`, median(of(name, 'first'), 'wall'), own('first'));
  for (const scenario of ['first', 'nothing'] as const)
    compare(`${SAID[scenario]}, nx-prefect / limit`, own(scenario), limitOf(of, scenario));
  compare('nothing to do, nx-prefect / cached build', own('nothing'), median(of(build.name, 'nothing'), 'wall'));
  const ofFresh = (scenario: Scenario) => median(of(fresh.name, scenario), 'wall');
  compare('nothing to do, code in S3, fresh checkout / warm', ofFresh('fresh'), ofFresh('nothing'));
  const [flow, nothing] = [own('flow'), own('nothing')];
  if (flow !== undefined && nothing !== undefined)
    lines.push(`- one flow changed, nx-prefect, more than nothing to do: ${(flow - nothing).toFixed(2)} s`);
  return lines;
}

function timedRow(name: string, own: readonly Measurement[], base: readonly Measurement[]): string[][] {
  const cells = timed(own, base);
  return cells ? [[name, ...cells, show(median(own, 'written'), whole)]] : [];
}

function countedRow(name: string, own: readonly Measurement[]): string[][] {
  const [{ api, s3, pythons, written } = {}] = own;
  return api === undefined
    ? []
    : [
        [
          name,
          whole(api.requests),
          whole(api.refused),
          whole(api.writes),
          s3 ? whole(s3.bytes / 1024) : '-',
          show(pythons, whole),
          show(written, whole),
        ],
      ];
}

/** Time over flows, of the first registration and with nothing to do. */
export function plotOf(contestants: readonly Contestant[], measurements: readonly Measurement[]): string {
  const sizes = [...new Set(measurements.map(({ flows }) => flows))].sort((a, b) => a - b);
  const series = (['first', 'nothing'] as const).flatMap((scenario) =>
    contestants.map(({ name }) => ({
      name: `${name}, ${SAID[scenario]}`,
      dashed: scenario === 'nothing',
      points: sizes.flatMap((flows) => {
        const wall = median(finder(measurements.filter((each) => each.flows === flows))(name, scenario), 'wall');
        return wall === undefined ? [] : [{ x: flows, y: wall }];
      }),
    })),
  );
  return plot({ x: 'flows', y: 'seconds', series: series.filter(({ points }) => points.length > 0) });
}

function median(own: readonly Measurement[], field: 'wall' | 'written'): number | undefined {
  return medianOf(own.map((each) => each[field]));
}
