import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { choose } from '../choice';
import { writeFiles } from '../files';
import { GaveUp, measure } from '../measure';
import { ROOT } from '../paths';
import type { Contestant } from './contestant';
import { bare, read, scan } from './contestants/limit';
import { nxlv } from './contestants/nxlv';
import { ours } from './contestants/ours';
import { pants } from './contestants/pants';
import { ruff } from './contestants/ruff';
import { difference, withEdges } from './edges';
import { flat } from './flat';
import { generate } from './generate';
import type { Edit, Plan } from './plan';
import { report, SCENARIOS, type Measurement, type Scenario } from './report';

const CONTESTANTS: Readonly<Record<string, Contestant>> = { scan, read, bare, ours, nxlv, pants, ruff };
/** Of flows without a folder: the others know no project that is a file. */
const OF_FLAT: typeof CONTESTANTS = { scan, read, ours };

/** How flows lie: each in a folder, or each in one file. */
type Shape = 'folders' | 'flat';

interface Options {
  sizes: readonly number[];
  runs: number;
  /** Keys of CONTESTANTS; all where undefined. */
  only: readonly string[] | undefined;
  limitSeconds: number;
  seed: number;
  shape: Shape;
  json: string | undefined;
}

/** A contestant with its workspace, as long as it keeps up. */
interface Entry {
  contestant: Contestant;
  root: string;
  gaveUp?: string;
}

/**
 * Measures all sizes and prints the tables. Returns the exit code: 1 where this plugin's own edges are not the true
 * ones, or it gives up.
 */
export async function benchGraph({ sizes, runs, only, limitSeconds, seed, shape, json }: Options): Promise<number> {
  const contestants = choose(shape === 'flat' ? OF_FLAT : CONTESTANTS, only);
  const measurements: Measurement[] = [];
  for (const flows of sizes) {
    const generated = generate(flows, seed);
    const plan = shape === 'flat' ? flat(generated) : generated;
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'nx-prefect-bench-')));
    const entries = contestants.map((contestant, at): Entry => ({ contestant, root: join(folder, String(at)) }));
    try {
      for (const entry of entries) await tolerant(entry, () => lay(plan, entry));
      for (let run = 1; run <= runs; run++) measurements.push(...(await oneRun(plan, entries, run, limitSeconds)));
    } finally {
      for (const { contestant, root } of entries) contestant.stop?.(root);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
    for (const { contestant, gaveUp } of entries)
      if (gaveUp !== undefined)
        measurements.push({ flows, contestant: contestant.name, scenario: 'cold', run: 0, gaveUp });
    console.log(
      report(
        plan,
        measurements.filter((each) => each.flows === flows),
        contestants,
      ),
    );
  }
  if (json) writeFileSync(json, JSON.stringify({ seed, shape, node: process.version, measurements }, null, 2));
  return measurements.some(failed) ? 1 : 0;
}

/** Peers may be wrong, or give up. */
function failed({ contestant, projects, packages, gaveUp }: Measurement): boolean {
  const differs = [projects, packages].some((each) => each && each.missing + each.wrong > 0);
  return contestant === ours.name && (gaveUp !== undefined || differs);
}

/** Each scenario once for each contestant, in turn. */
async function oneRun(
  plan: Plan,
  entries: readonly Entry[],
  run: number,
  limitSeconds: number,
): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  const edits: Partial<Record<Scenario, Edit>> = { flow: plan.edit('flow', run), lib: plan.edit('lib', run) };
  const done: Edit[] = [];
  for (const scenario of SCENARIOS) {
    const edit = edits[scenario];
    if (edit) done.push(edit);
    for (const entry of entries) {
      const { contestant, root } = entry;
      if (entry.gaveUp !== undefined || (scenario === 'nothing' && contestant.input)) continue;
      await tolerant(entry, async () => {
        if (scenario === 'cold') {
          contestant.forget(root);
          for (const each of Object.values(edits)) writeFiles(root, { [each.file]: plan.files.get(each.file)! });
        }
        if (edit) writeFiles(root, { [edit.file]: edit.content });
        const measured = await measure(contestant.command(root), {
          cwd: root,
          limitSeconds,
          mark: root,
          input: contestant.input?.(plan, edit?.file) ?? '',
        });
        const found =
          contestant.foundIsSlow && run > 1 ? undefined : await contestant.found(plan, root, measured.output);
        const truth = withEdges(
          plan.edges,
          done.map((each) => each.edge),
        );
        const { output, ...figures } = measured;
        measurements.push({
          flows: plan.flows.length,
          contestant: contestant.name,
          scenario,
          run,
          ...figures,
          inside: contestant.inside?.(root, output),
          projects: found?.projects && difference(found.projects, truth.projects),
          packages: found?.packages && difference(found.packages, truth.packages),
        });
      });
      const outcome = entry.gaveUp ?? `${measurements.at(-1)?.wall?.toFixed(2)} s`;
      console.error(`${plan.flows.length} flows, run ${run}, ${scenario}: ${contestant.name} ${outcome}`);
    }
  }
  return measurements;
}

async function tolerant(entry: Entry, work: () => void | Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof GaveUp)) throw error;
    entry.gaveUp = error.message;
  }
}

function lay(plan: Plan, { contestant, root }: Entry): void {
  contestant.install?.();
  writeFiles(root, {
    '.gitignore': 'node_modules\n.nx\n.pants.d\n.pants.store\n.pids\n.ruff_cache\n',
    ...Object.fromEntries(plan.files),
    ...contestant.prepare(plan, root),
  });
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@example.com', ...args], {
      cwd: root,
      stdio: 'ignore',
    });
  git('init', '--initial-branch=main');
  git('add', '--all');
  git('commit', '--message=generated');
}
