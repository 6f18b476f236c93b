import { randomBytes } from 'node:crypto';
import { ableEngine } from './able-engine';
import type { Engine } from './container-engine';
import type { Ecr } from './ecr';
import { EngineSession } from './engine-session';
import { cacheOf } from './layer-cache';
import { removeOldTags, whileInUse } from './old-tags';
import { createPrivateConfig } from './private-config';
import { type Build, isPushedAsBuilt, requireSame, runBuild } from './run-build';
import { engineRunner } from './run-container-engine';

export interface Registry {
  ecr: Ecr;
  /** `<repository>@<digest>` of the image, where it is there. */
  held: string | undefined;
  /** Makes the repositories that it lacks. */
  prepare(): Promise<void>;
}

export interface Pushed {
  engine: Engine;
  /** Where it was taken from; undefined = it was built. */
  from: string | undefined;
  /** What the image lies under in each registry: the content tag, or a name of this build alone. */
  tag: string;
  /** Seconds. */
  built: number;
  pushed: number;
}

/** Builds under the user's own names, for this machine alone. */
export async function buildOnly(build: Build): Promise<{ engine: Engine; seconds: number }> {
  const engine = await ableEngine(build);
  const { repository } = build.source;
  const references = [...build.options.tags, build.contentTag].map((tag) => `${repository}:${tag}`);
  const run = engineRunner(build.isShown);
  const seconds = await timed(() => runBuild(build, engine, run, { references }));
  await removeOldTags(engine, run, repository, build.contentTag);
  return { engine, seconds };
}

/**
 * Logs in, creates what is lacking, builds once, or takes the image from a registry that holds it, and pushes it under
 * the content tag to those that lack it. AWS tells whether one may create a repository when it is created: so that
 * comes before minutes of building.
 */
export async function buildAndPush(build: Build, registries: readonly Registry[]): Promise<Pushed> {
  const { source, options, contentTag } = build;
  const engine = await ableEngine(build);
  const ecrs = registries.map(({ ecr }) => ecr);
  const logins = await Promise.all(ecrs.map((ecr) => ecr.login(source.repository)));
  const config = createPrivateConfig(logins.map(({ host }) => host));
  try {
    const session = new EngineSession(build, engine, ecrs, config);
    await session.logIn(logins);
    for (const base of Object.keys(source.pulled)) await session.pull(base);
    for (const registry of registries) if (registry.held === undefined) await registry.prepare();
    const all = logins.map(({ host }) => `${host}/${source.repository}`);
    const uris = all.filter((_, at) => registries[at]?.held === undefined);
    const cache = options.cache && cacheOf(all[0] ?? '');
    if (isPushedAsBuilt(build, engine)) {
      // Its content tag comes when it is known that nothing changed meanwhile.
      const tag = `${contentTag}-${randomBytes(4).toString('hex')}`;
      const built = await timed(() => session.buildAndPush(named(uris, [tag]), cache));
      await requireSame(build);
      return { engine, from: undefined, tag, built, pushed: 0 };
    }
    const contents = named(uris, [contentTag]);
    const [first = ''] = contents;
    const isList = source.platforms.length > 1;
    const held = isList ? undefined : registries.find(({ held: there }) => there !== undefined)?.held;
    return await whileInUse(contents, async () => {
      let from: string | undefined;
      const built = await timed(async () => {
        if (held !== undefined && (await session.take(held, contents))) from = held;
        else {
          // podman and buildah make a list under one name.
          const references = isList ? [first] : [...named(uris, options.tags), ...contents];
          await runBuild(build, engine, session.run, { references, cache });
          await requireSame(build);
        }
      });
      const pushed = await timed(async () => {
        for (const content of contents) await session.push(content, first);
      });
      for (const uri of uris) await removeOldTags(engine, session.run, uri, contentTag);
      return { engine, from, tag: contentTag, built, pushed };
    });
  } finally {
    config.dispose();
  }
}

function named(uris: readonly string[], tags: readonly string[]): string[] {
  return uris.flatMap((uri) => tags.map((tag) => `${uri}:${tag}`));
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return (performance.now() - start) / 1000;
}
