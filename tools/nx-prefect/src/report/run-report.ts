import { failureLines } from './failure-lines';
import { type Ci, ciOf } from './ci';
import { type ReportPlaces, clearPlaces, writeReports, writeStepSummary } from './report-places';
import type { Action, Reported } from './result';
import { type Row, rowLines, rowsOf } from './rows';
import { PLAIN, type Style } from './style';
import { type Run, summaryLines } from './summary';

/** Long work says how far it is, so that it does not look like a hang. */
const PROGRESS_MS = 10_000;

/** What a verb's report says beside its counts. */
interface Form {
  /** A line for each flow as it ends. */
  live: boolean;
  /** Actions that are listed at the end. */
  listed: ReadonlySet<Action>;
}

const FORMS: Readonly<Record<string, Form>> = {
  // All of a plan comes at once, after the read.
  plan: { live: false, listed: new Set(['create', 'update']) },
  register: { live: true, listed: new Set() },
  build: { live: true, listed: new Set() },
  test: { live: true, listed: new Set() },
  // Each image has a longer line of its own as it ends.
  'docker-deploy': { live: false, listed: new Set(['built', 'pushed', 'tagged', 'to push', 'to tag']) },
};

export interface Surroundings {
  workspaceRoot: string;
  env: NodeJS.ProcessEnv;
  style: Style;
  /** Shows lines. */
  show(lines: readonly string[]): void;
  /** Milliseconds. */
  now(): number;
}

/**
 * The report of one verb in one run: a line for each flow as it ends, a summary at the end, and the documents that were
 * asked for. Nx hides what it is told of tasks that succeed, and shows what their batch prints.
 */
export class RunReport {
  readonly #reported: Reported[] = [];
  readonly #start: number;
  readonly #timer: NodeJS.Timeout;
  readonly #ci: Ci | undefined;
  readonly #form: Form;
  readonly #placesOf: (reported: Reported) => ReportPlaces;
  readonly #isDocument: boolean;

  /**
   * @param tasks what will be reported, with where its report goes besides
   * @param isPart whether the verb only prepares what the run is about: then it has no line for each flow
   * @throws FlowError `report` for a file that can't be written
   */
  constructor(
    private readonly verb: string,
    private readonly tasks: ReadonlyMap<string, ReportPlaces>,
    private readonly around: Surroundings,
    isPart = false,
  ) {
    clearPlaces(around.workspaceRoot, tasks.values());
    this.#start = around.now();
    this.#ci = ciOf(around.env);
    this.#placesOf = ({ task }) => tasks.get(task) ?? {};
    // Beside a document for a program nothing else is printed.
    this.#isDocument = [...tasks.values()].some(({ json }) => json === true);
    const form = FORMS[verb] ?? { live: true, listed: new Set() };
    // What becomes of a single flow its summary says.
    this.#form =
      tasks.size > 1
        ? { ...form, live: form.live && !isPart }
        : { live: false, listed: new Set(['created', 'updated', ...form.listed]) };
    this.#timer = setInterval(() => this.#progress(), PROGRESS_MS).unref();
  }

  add(reported: Reported): void {
    this.#reported.push(reported);
    if (!this.#form.live || this.#isDocument) return;
    const rows = rowsOf([reported]).filter(({ action }) => action !== 'unchanged');
    const at = `${this.#seconds().toFixed(1).padStart(6)} s`;
    this.around.show(rows.flatMap((row) => rowLines(row, this.around.style, { before: at })));
  }

  /** The summary as it stands, for a place that shows text alone. */
  text(): string[] {
    return summaryLines(this.#run(), this.#lists, PLAIN);
  }

  end(): void {
    clearInterval(this.#timer);
    const run = this.#run();
    if (run.reported.length === 0) return;
    try {
      const document = writeReports(this.around.workspaceRoot, run, this.#placesOf);
      if (document !== undefined) this.around.show([document]);
      if (this.#isDocument) return;
      const lines = summaryLines(run, this.#lists, this.around.style);
      this.around.show(this.#ci ? [...this.#folded(run, lines, this.#ci)] : lines);
      writeStepSummary(run, this.around.env);
    } catch (error) {
      this.around.show(failureLines(error));
    }
  }

  #folded(run: Run, lines: string[], ci: Ci): string[] {
    const title = `nx-prefect ${this.verb}`;
    const seconds = Math.floor(Date.now() / 1000);
    return [...ci.group(`nx_prefect_${this.verb}`, title, lines, seconds), ...ci.annotations(rowsOf(run.reported))];
  }

  readonly #lists = ({ action }: Row) => this.#form.listed.has(action);

  #progress(): void {
    const done = this.#reported.length;
    if (this.#isDocument || done === this.tasks.size) return;
    this.around.show([`${this.verb}: ${done} of ${this.tasks.size} flows done, ${this.#seconds().toFixed(0)} s`]);
  }

  #run(): Run {
    return { verb: this.verb, reported: this.#reported, seconds: this.#seconds() };
  }

  #seconds(): number {
    return (this.around.now() - this.#start) / 1000;
  }
}
