import { setTimeout as wait } from 'node:timers/promises';
import { FlowError } from '../core/errors';
import { PROGRAM_PAUSES_MS } from '../core/retry';
import type { Engine } from './container-engine';
import { loginArgv, pushArgv } from './container-engine-argv';
import { beganToPush, loginError, pullError, pushError, pushFailure } from './container-engine-failures';
import type { Ecr, Login } from './ecr';
import type { PrivateConfig } from './private-config';
import { type Build, failedBuild, tryBuild } from './run-build';
import { type EngineRun, type RunEngine, engineRunner } from './run-container-engine';

/** One deploy's engine commands with its own logins. */
export class EngineSession {
  readonly run: RunEngine;
  #renewed = false;

  constructor(
    private readonly build: Build,
    private readonly engine: Engine,
    private readonly registries: readonly Ecr[],
    config: PrivateConfig,
  ) {
    this.run = engineRunner(build.isShown, config.env);
  }

  /** One after the other: logins at the same time into one file lose each other's entries, with exit code 0. */
  async logIn(logins: readonly Login[]): Promise<void> {
    for (const { username, password, host } of logins) {
      const run = await this.again('the login', [...PROGRAM_PAUSES_MS], () =>
        this.run(this.engine, loginArgv(username, host), { input: password, isQuiet: true }),
      );
      if (!run.ok) throw loginError(run, { project: this.build.source.project, host });
    }
  }

  /** An engine may hold an older image under the name. */
  async pull(reference: string): Promise<void> {
    const run = await this.again('the pull', [...PROGRAM_PAUSES_MS], () => this.run(this.engine, ['pull', reference]));
    if (!run.ok) throw pullError(run, { project: this.build.source.project, reference });
  }

  /** Takes an image from a registry under other names. @returns whether that went well */
  async take(reference: string, names: readonly string[]): Promise<boolean> {
    let { ok } = await this.run(this.engine, ['pull', reference]);
    for (const name of names) ok &&= (await this.run(this.engine, ['tag', reference, name])).ok;
    return ok;
  }

  /**
   * A content tag that is immutable and there is none to push: another deploy of the same content was faster.
   *
   * @param from name in the engine
   */
  async push(reference: string, from: string): Promise<void> {
    const { source, options } = this.build;
    const isList = source.platforms.length > 1;
    try {
      await this.persist(reference, () => this.run(this.engine, pushArgv(this.engine, reference, { isList, from })));
    } catch (error) {
      const isThere = error instanceof FlowError && error.code === 'image-tag-immutable' && !options.force;
      if (!isThere) throw error;
    }
  }

  /** Pushes as it builds, for what docker's own store may not hold. */
  async buildAndPush(references: string[], cache: string | undefined): Promise<void> {
    await this.persist(references.join(', '), async () => {
      const run = await tryBuild(this.build, this.engine, this.run, { references, cache, isPushed: true });
      if (!run.ok && !beganToPush(run.output)) throw failedBuild(this.build, run);
      return run;
    });
  }

  /** Once more with new tokens, a few times more after what passes by itself; never after what stays. */
  private async persist(reference: string, action: () => Promise<EngineRun>): Promise<void> {
    const pauses = [...PROGRAM_PAUSES_MS];
    let run = await this.again('it', pauses, action);
    if (!run.ok && !this.#renewed && pushFailure(run.output) === 'expired') {
      this.#renewed = true;
      this.build.say('The authorization token has expired: logging in again.');
      await this.logIn(await Promise.all(this.registries.map((ecr) => ecr.login(this.build.source.repository))));
      run = await this.again('it', pauses, action);
    }
    if (!run.ok) throw pushError(run, { project: this.build.source.project, reference });
  }

  /** Uses up the pauses after what passes by itself. @returns the last run */
  private async again(what: string, pauses: number[], action: () => Promise<EngineRun>): Promise<EngineRun> {
    for (;;) {
      const run = await action();
      const pause = pauses[0];
      if (run.ok || pause === undefined || pushFailure(run.output) !== 'passing') return run;
      pauses.shift();
      this.build.say(`The registry did not take ${what}; again in ${pause / 1000} s.`);
      await wait(pause);
    }
  }
}
