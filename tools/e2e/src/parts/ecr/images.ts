import { REGISTRY } from './stack';

/** Images of their own: a file that is in the context, and one that is ignored. */
export function images(...names: string[]): Record<string, string> {
  const files = names.map((name) => ({
    [`images/${name}/Dockerfile`]: 'FROM base:1\nCOPY data.txt /data.txt\n',
    [`images/${name}/.dockerignore`]: 'Dockerfile\n.dockerignore\nproject.json\nnotes.md\n',
    [`images/${name}/data.txt`]: `data of ${name}\n`,
    [`images/${name}/notes.md`]: 'notes\n',
  }));
  return Object.assign({}, ...files) as Record<string, string>;
}

/** Repository that the image of `images/<name>` gets by default. */
export function uri(name: string): string {
  return `${REGISTRY}/image-${name}`;
}
