import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Ecr, Login } from './ecr';
import type { DeployOptions } from '../options/docker-deploy-options';
import { FlowError } from '../core/errors';
import { PROGRAM_PAUSES_MS } from '../core/retry';
import { type Engine, findEngine } from './container-engine';
import { type BuildRequest, buildArgv, loginArgv, pushArgv } from './container-engine-argv';
import { beganToPush, buildError, loginError, pullError, pushError, pushFailure } from './container-engine-failures';
import { type ImageSource, readContent } from './image-source';
import { removeOldTags, whileInUse } from './old-tags';
import { isFolder } from './places';
import { type PrivateConfig, createPrivateConfig } from './private-config';
import { type EngineRun, type RunEngine, engineRunner } from './run-container-engine';

export interface Build {
  workspaceRoot: string;
  source: ImageSource;
  options: DeployOptions;
  contentTag: string;
  /** Whether what the engine prints goes to the terminal as it comes. Else it is said when a build fails. */
  isShown: boolean;
  /** Is told what is done, as it is done. */
  say: (line: string) => void;
}

export interface Pushed {
  engine: Engine;
  repositoryUri: string;
  /** As the engine says it; undefined where another deploy of the same content was faster. */
  digest: string | undefined;
  /** Seconds. */
  built: number;
  pushed: number;
}

/** Builds under the user's own names, for this machine alone. */
export async function buildOnly(build: Build): Promise<{ engine: Engine; seconds: number }> {
  const engine = await ableEngine(build);
  const { repository } = build.source;
  const names = [...build.options.tags, build.contentTag].map((tag) => `${repository}:${tag}`);
  const run = engineRunner(build.isShown);
  const seconds = await timed(() => runBuild(build, engine, run, names));
  await removeOldTags(engine, run, repository, build.contentTag);
  return { engine, seconds };
}

/**
 * Logs in, creates the repository if it is wanted, builds, pushes each tag; the content tag first, so that a deploy
 * that is cut off is ended by the next one without another build, whose image an immutable tag would refuse. AWS tells
 * whether one may create a repository when it is created: so that comes before minutes of building.
 * @param createRepository if it is wanted
 */
export async function buildAndPush(build: Build, ecr: Ecr, createRepository: () => Promise<void>): Promise<Pushed> {
  const { source, options } = build;
  const engine = await ableEngine(build);
  const login = await ecr.login(source.repository);
  const config = createPrivateConfig(login.host);
  try {
    const session = new Session(build, engine, ecr, config);
    await session.logIn(login);
    for (const base of Object.keys(source.pulled)) await session.pull(base);
    await createRepository();
    const uri = `${login.host}/${source.repository}`;
    const references = options.tags.map((tag) => `${uri}:${tag}`);
    const content = `${uri}:${build.contentTag}`;
    const isList = source.platforms.length > 1;
    if (isList && engine.name === 'docker') return await session.buildListAndPush(uri, references);
    return await whileInUse(content, async () => {
      const built = await timed(async () => {
        await runBuild(build, engine, session.run, isList ? [content] : [...references, content]);
        await requireSame(build);
      });
      let digest: string | undefined;
      const pushed = await timed(async () => {
        digest = await session.push(content, content);
        if (digest === undefined) return;
        for (const reference of references) await session.push(reference, content);
      });
      await removeOldTags(engine, session.run, uri, build.contentTag);
      return { engine, repositoryUri: uri, digest, built, pushed };
    });
  } finally {
    config.dispose();
  }
}

/** One deploy's engine commands with its own login. */
class Session {
  readonly run: RunEngine;
  readonly #digestFile: string;
  #renewed = false;

  constructor(
    private readonly build: Build,
    private readonly engine: Engine,
    private readonly ecr: Ecr,
    config: PrivateConfig,
  ) {
    this.run = engineRunner(build.isShown, config.env);
    this.#digestFile = join(config.folder, 'digest');
  }

  async logIn({ username, password, host }: Login): Promise<void> {
    const run = await this.again('the login', [...PROGRAM_PAUSES_MS], () =>
      this.run(this.engine, loginArgv(username, host), { input: password, isQuiet: true }),
    );
    if (!run.ok) throw loginError(run, { project: this.build.source.project, host });
  }

  /** An engine may hold an older image under the name. */
  async pull(reference: string): Promise<void> {
    const run = await this.again('the pull', [...PROGRAM_PAUSES_MS], () => this.run(this.engine, ['pull', reference]));
    if (!run.ok) throw pullError(run, { project: this.build.source.project, reference });
  }

  /**
   * @returns the digest; undefined for a content tag that is immutable and there: another deploy of the same content
   * was faster
   */
  async push(reference: string, content: string): Promise<string | undefined> {
    const { source } = this.build;
    const isList = source.platforms.length > 1;
    try {
      const { output } = await this.persist(reference, () =>
        this.run(
          this.engine,
          pushArgv(this.engine, reference, { isList, digestFile: this.#digestFile, from: content }),
        ),
      );
      return this.engine.name === 'docker'
        ? /digest: (sha256:[0-9a-f]{64})/.exec(output)?.[1]
        : readFileSync(this.#digestFile, 'utf8').trim();
    } catch (error) {
      const isThere = error instanceof FlowError && error.code === 'image-tag-immutable' && !this.build.options.force;
      if (reference === content && isThere) return undefined;
      throw error;
    }
  }

  /**
   * docker's store holds an image of one platform, so a list of several is pushed as it is built, under the user's
   * tags; its content tag is put on afterwards, when it is known that nothing changed meanwhile. Where there are no
   * other tags, it has to stand there before.
   */
  async buildListAndPush(uri: string, references: string[]): Promise<Pushed> {
    const [first = `${uri}:${this.build.contentTag}`] = references;
    const names = references.length > 0 ? references : [first];
    const built = await timed(() =>
      this.persist(first, async () => {
        const run = await tryBuild(this.build, this.engine, this.run, names, this.#digestFile);
        if (!run.ok && !beganToPush(run.output)) throw failedBuild(this.build, run);
        return run;
      }),
    );
    await requireSame(this.build, names);
    const { 'containerimage.digest': digest } = JSON.parse(readFileSync(this.#digestFile, 'utf8')) as Record<
      string,
      string
    >;
    return { engine: this.engine, repositoryUri: uri, digest, built, pushed: 0 };
  }

  /** Once more with a new token, a few times more after what passes by itself; never after what stays. */
  private async persist(reference: string, action: () => Promise<EngineRun>): Promise<EngineRun> {
    const pauses = [...PROGRAM_PAUSES_MS];
    let run = await this.again('it', pauses, action);
    if (!run.ok && !this.#renewed && pushFailure(run.output) === 'expired') {
      this.#renewed = true;
      this.build.say('The authorization token has expired: logging in again.');
      await this.logIn(await this.ecr.login(this.build.source.repository));
      run = await this.again('it', pauses, action);
    }
    if (!run.ok) throw pushError(run, { project: this.build.source.project, reference });
    return run;
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

async function runBuild(build: Build, engine: Engine, run: RunEngine, references: string[]): Promise<void> {
  // podman and buildah would add to a list that an earlier run left.
  if (build.source.platforms.length > 1 && engine.name !== 'docker')
    await run(engine, ['manifest', 'rm', references[0] ?? ''], { isQuiet: true });
  const built = await tryBuild(build, engine, run, references);
  if (!built.ok) throw failedBuild(build, built);
}

function failedBuild({ isShown, say, source }: Build, run: EngineRun): FlowError {
  if (!isShown) say(run.output.trimEnd());
  return buildError(run, { project: source.project, file: source.dockerfile });
}

function tryBuild(
  { workspaceRoot, source, options }: Build,
  engine: Engine,
  run: RunEngine,
  references: string[],
  pushTo?: string,
): Promise<EngineRun> {
  const absolute = (path: string) => join(workspaceRoot, path);
  const secrets = Object.entries(options.secrets).map(([id, from]) => [
    id,
    'file' in from ? { file: from.file.replace(/^~(?=\/)/, homedir()) } : from,
  ]);
  const contexts = Object.entries(options.buildContexts).map(([name, place]) => [
    name,
    isFolder(place) ? absolute(place) : place,
  ]);
  const request: BuildRequest = {
    ...options,
    dockerfile: absolute(source.dockerfile),
    context: absolute(source.context),
    ignoreFile: source.ignore && absolute(source.ignore.file),
    references,
    platforms: source.platforms,
    secrets: Object.fromEntries(secrets),
    buildContexts: Object.fromEntries(contexts),
    target: options.target,
    ...(pushTo === undefined ? {} : { pushTo }),
  };
  return run(engine, buildArgv(engine, request));
}

/** A file that changed while the engine read it would stand under the content tag of another one, for good. */
async function requireSame(
  { workspaceRoot, source, options, contentTag }: Build,
  pushed: string[] = [],
): Promise<void> {
  const { tag } = await readContent(workspaceRoot, source, options);
  if (tag === contentTag) return;
  const state = pushed.length === 0 ? 'it was not pushed' : `${pushed.join(', ')} may be of neither state`;
  throw new FlowError({
    code: 'context-changed',
    flow: source.project,
    file: source.context,
    what: `The build context changed while the image was built; ${state}.`,
    next: 'Run the command again.',
  });
}

/** @throws FlowError `builder-too-old` for options that this engine would ignore or refuse in its own words */
async function ableEngine({ source, options }: Build): Promise<Engine> {
  const engine = await findEngine(options.engine);
  const isClassic = engine.builder === 'classic';
  const needs =
    (source.platforms.length > 1 && engine.name === 'docker' && engine.builder !== 'buildx' && 'several platforms') ||
    (engine.name === 'docker' &&
      engine.builder !== 'buildx' &&
      Object.keys(options.buildContexts).length > 0 &&
      'buildContexts') ||
    (isClassic && Object.keys(options.secrets).length > 0 && 'secrets') ||
    (isClassic && options.ssh.length > 0 && 'ssh') ||
    (isClassic && options.cacheTo.length > 0 && 'cacheTo') ||
    (isClassic && source.ignore?.isOwn && source.ignore.file);
  if (!needs) return engine;
  throw new FlowError({
    code: 'builder-too-old',
    flow: source.project,
    what: `This docker builds without buildx, which ${needs} needs.`,
    next: 'Install its plugin (https://docs.docker.com/go/buildx), or set the option "engine" to podman or buildah.',
  });
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return (performance.now() - start) / 1000;
}
