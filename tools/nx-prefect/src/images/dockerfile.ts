import { DockerfileParser, type Copy, type Flag, type From } from 'dockerfile-ast';

/** What of a Dockerfile tells which versions are in the image, and what it takes from elsewhere. */
export interface DockerfileFacts {
  /** Every ARG with its value: a build argument's, else its default. Without a value: absent. */
  args: Record<string, string>;
  /** Images that stages start from, ARGs filled in; stages of the file itself and scratch left out. */
  bases: string[];
  /** By such an image, the argument that is all that FROM says: another one can be given for it. */
  baseArgs: Record<string, string>;
  /** Images and addresses that COPY, RUN and ADD take files from. */
  sources: string[];
}

const PINNED = /@sha256:|#[0-9a-f]{40}$/;

/**
 * Reads what the file names; whether it is right is the engine's to say.
 *
 * @param contexts names that the build gives to folders and images of its own
 */
export function readDockerfile(
  text: string,
  buildArgs: Readonly<Record<string, string>> = {},
  contexts: readonly string[] = [],
): DockerfileFacts {
  const args: Record<string, string> = {};
  /** Those before the first stage: the only ones that FROM knows. */
  let globals: Record<string, string> | undefined;
  const bases: string[] = [];
  const baseArgs: Record<string, string> = {};
  const sources: string[] = [];
  const stages = new Set<string>(['scratch', ...contexts].map((name) => name.toLowerCase()));
  const isOutside = (image: string) => image !== '' && !/^\d+$/.test(image) && !stages.has(image.toLowerCase());

  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    const rest = instruction.getArgumentsContent() ?? '';
    if (instruction.getKeyword() === 'ARG') {
      for (const [, name = '', value] of rest.matchAll(/([A-Za-z_]\w*)(?:=("[^"]*"|'[^']*'|\S+))?/g)) {
        const given =
          buildArgs[name] ?? (value === undefined ? args[name] : fill(value.replace(/^(["'])(.*)\1$/s, '$2'), args));
        if (given !== undefined) args[name] = given;
      }
    } else if (instruction.getKeyword() === 'FROM') {
      globals ??= { ...args };
      const from = instruction as From;
      const image = from.getImage() ?? '';
      const base = fill(image, globals);
      if (isOutside(base)) {
        bases.push(base);
        const argument = /^\$(?:(\w+)|\{(\w+)\})$/.exec(image);
        if (argument) baseArgs[base] = argument[1] ?? argument[2] ?? '';
      }
      stages.add((from.getBuildStage() ?? '').toLowerCase());
    } else {
      const flags = 'getFlags' in instruction ? (instruction as Copy).getFlags() : [];
      sources.push(...flags.flatMap(imageIn).filter(isOutside));
      const isChecked = flags.some((flag) => flag.getName() === 'checksum');
      if (instruction.getKeyword() === 'ADD' && !isChecked) sources.push(...(rest.match(ADDRESS) ?? []));
    }
  }
  return { args, bases, baseArgs, sources };
}

const ADDRESS = /(?<=^|\s|")(?:https?:\/\/|git@|git:\/\/|ssh:\/\/)[^\s"]+/g;

/** Of `COPY --from=image` and `RUN --mount=from=image`. */
function imageIn(flag: Flag): string[] {
  if (flag.getName() === 'from') return [flag.getValue() ?? ''];
  return flag.getName() === 'mount' ? [flag.getOption('from')?.getValue() ?? ''] : [];
}

/** What a name alone stands for: something newer under it changes nothing in the source. */
export function unpinned({ bases, sources }: Pick<DockerfileFacts, 'bases' | 'sources'>): string[] {
  return [...new Set([...bases, ...sources])].filter((name) => !PINNED.test(name));
}

/** `${NAME}`, `$NAME`, `${NAME:-default}`, `${NAME:+instead}`; one without a value stays empty, as for the engine. */
function fill(text: string, args: Readonly<Record<string, string>>): string {
  return text.replace(
    /\$(?:(\w+)|\{(\w+)(?::?([-+])([^}]*))?\})/g,
    (_, bare?: string, name?: string, kind?: string, other = '') => {
      const value = args[bare ?? name ?? ''];
      return kind === '+' ? (value ? other : '') : (value ?? other);
    },
  );
}
