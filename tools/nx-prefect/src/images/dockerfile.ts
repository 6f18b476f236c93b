/** What of a Dockerfile tells which versions are in the image. */
export interface DockerfileFacts {
  /** Every ARG with its value: a build argument's, else its default. Without a value: absent. */
  args: Record<string, string>;
  /** Images that stages start from, ARGs filled in; stages of the file itself and scratch left out. */
  bases: string[];
}

/** Reads ARG and FROM lines only; whether the file is right is the engine's to say. */
export function readDockerfile(text: string, buildArgs: Readonly<Record<string, string>> = {}): DockerfileFacts {
  const args: Record<string, string> = {};
  const bases: string[] = [];
  const stages = new Set<string>(['scratch']);
  for (const line of logicalLines(text)) {
    const [, word = '', rest = ''] = /^\s*(\w+)\s+(.*)$/s.exec(line) ?? [];
    if (/^ARG$/i.test(word)) {
      for (const [, name = '', value] of rest.matchAll(/([A-Za-z_]\w*)(?:=("[^"]*"|'[^']*'|\S+))?/g)) {
        const given =
          buildArgs[name] ?? (value === undefined ? args[name] : fill(value.replace(/^(["'])(.*)\1$/s, '$2'), args));
        if (given !== undefined) args[name] = given;
      }
    } else if (/^FROM$/i.test(word)) {
      const [image = '', , stage] = rest
        .replace(/--\S+\s+/g, '')
        .trim()
        .split(/\s+/);
      const base = fill(image, args);
      if (!stages.has(base.toLowerCase())) bases.push(base);
      if (stage) stages.add(stage.toLowerCase());
    }
  }
  return { args, bases };
}

/** Bases that a name alone stands for: a newer image under it changes nothing in the source. */
export function unpinnedBases({ bases }: DockerfileFacts): string[] {
  return bases.filter((base) => !base.includes('@sha256:'));
}

function logicalLines(text: string): string[] {
  return text
    .replace(/^\s*#.*$/gm, '')
    .replace(/\\\s*\n/g, ' ')
    .split(/\r?\n/);
}

/** `${NAME}`, `$NAME` and `${NAME:-default}`; one that has no value stays empty, as for the engine. */
function fill(text: string, args: Readonly<Record<string, string>>): string {
  return text.replace(
    /\$(?:(\w+)|\{(\w+)(?::?-([^}]*))?\})/g,
    (_, bare?: string, name?: string, fallback = '') => args[bare ?? name ?? ''] ?? fallback,
  );
}
