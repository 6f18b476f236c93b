import type { LoadReport, LoadRequest } from './worker-protocol';
import { type WorkerOptions, WorkerProcess } from './worker-process';

/** Loads one flow at a time. A process that a flow takes down, or that can load only one, is followed by a new one. */
export class Worker {
  readonly #options: WorkerOptions;
  #process: Promise<WorkerProcess> | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #isOver = false;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  /** @throws FlowError when no flow can be loaded here at all */
  started(): Promise<WorkerProcess> {
    this.#process ??= WorkerProcess.start(this.#options);
    return this.#process;
  }

  /** Waits for its turn. @throws FlowError as {@link started} */
  load(request: LoadRequest): Promise<LoadReport> {
    const mine = this.#last.then(() => this.#load(request));
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  /** Nothing is loaded any more, nor what waits for its turn. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#endProcess();
  }

  async #endProcess(): Promise<void> {
    const process = await this.#process?.catch(() => undefined);
    this.#process = undefined;
    await process?.stop();
  }

  async #load(request: LoadRequest): Promise<LoadReport> {
    if (this.#isOver) throw new Error('The run is over.');
    const process = await this.started();
    const report = await process.load(request);
    if (process.ended) await this.#endProcess();
    return report;
  }
}
