import { z } from 'zod';
import { words } from './option-types';

/**
 * Arguments of an engine's build that the content tag could not follow, or that the deploy itself gives: what takes
 * their place. Everything else goes to the engine as it is, and counts as text.
 */
const INSTEAD: Readonly<Record<string, string>> = {
  'build-arg': 'use the option buildArgs, whose values count',
  'build-arg-file': 'use the option buildArgs, whose values count',
  'build-context': 'use the option buildContexts, whose files count',
  label: 'use the option labels',
  annotation: 'use the option labels',
  secret: 'use the option secrets',
  ssh: 'use the option ssh',
  target: 'use the option target',
  platform: 'use the option platforms',
  arch: 'use the option platforms',
  os: 'use the option platforms',
  file: 'use the option dockerfile',
  tag: 'use the options imageName and tags',
  'cache-from': 'use the option cacheFrom',
  'cache-to': 'use the option cacheTo',
  ignorefile: 'name the file .dockerignore, or <Dockerfile>.dockerignore',
  volume: 'copy the files from the build context, or use the option buildContexts, whose files count',
  env: 'use ENV in the Dockerfile, with a build argument',
  from: 'use ARG in FROM, and the option buildArgs',
  manifest: 'the deploy names the image by itself',
  output: 'the deploy pushes by itself; --no-push keeps the image in the engine',
  push: 'the deploy pushes by itself',
  load: 'the deploy loads by itself',
  iidfile: "the output dist/docker/<project>.json has the image's digest",
  'metadata-file': "the output dist/docker/<project>.json has the image's digest",
  authfile: "log in as usual: the user's logins are read",
};

const SHORT: Readonly<Record<string, string>> = { f: 'file', t: 'tag', o: 'output', v: 'volume' };

/** What is to be used in place of an argument; undefined where it may stay. */
function insteadOf(argument: string): string | undefined {
  const long = /^--([\w-]+)/.exec(argument)?.[1] ?? '';
  const short = /^-(\w)/.exec(argument)?.[1] ?? '';
  const name = Object.hasOwn(INSTEAD, long) ? long : (SHORT[short] ?? '');
  return INSTEAD[name] && `must not hold ${argument.split('=', 1)[0]}: ${INSTEAD[name]}`;
}

/** More arguments for the build, one by one. */
export const engineArguments = words.pipe(
  z.array(
    z.string().check((context) => {
      const message = insteadOf(context.value);
      if (message !== undefined) context.issues.push({ code: 'custom', message, input: context.value });
    }),
  ),
);
