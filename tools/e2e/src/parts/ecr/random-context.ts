import { chmodSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { Random } from '../random';

/** Names that a careless matcher takes for each other, or for a pattern. */
const NAMES = (
  'a,A,b,aab,a+b,a{2}b,notes,notes|old,c++,(a),[x],$x,#x,!n,a b,main.py,x.pyc,README.md,readme.md,.env,lib,src,a.txt,' +
  '\\a.txt,é'
)
  .split(',')
  .map((name) => Buffer.from(name));
/** No UTF-8. */
const BYTES = Buffer.from('caf\xe9', 'latin1');
const WORDS = (
  'a b a+b a{2}b notes|old (a|b) (a) c++ $x #x \\!n [ab] [^a] [a-c]* * ** ? a? *a a* **a a** *.py **.py x.* l*b ' +
  'main.py readme.md README.md .env lib src \\a.txt \\* é . .. ^a caf?'
).split(' ');
const MODES = [0o644, 0o644, 0o644, 0o664, 0o600, 0o755, 0o777, 0o4755];
const FOLDER_MODES = [0o755, 0o755, 0o755, 0o700, 0o775, 0o1777];

/** Files, folders and an ignore file, in a folder that is there. */
export function makeContext(folder: string, random: Random): void {
  fill(Buffer.from(folder), random, 0);
  writeFileSync(`${folder}/.dockerignore`, ignoreText(random));
}

/** What people do to a context. Some of it is ignored, some changes nothing at all. */
export function change(folder: string, random: Random): void {
  const all = everything(Buffer.from(folder));
  const isFile = (path: Buffer) => lstatSync(path).isFile() && !path.toString('latin1').endsWith('/Dockerfile');
  const file = random.of(all.filter(isFile));
  const inside = random.of([Buffer.from(folder), ...all.filter((path) => lstatSync(path).isDirectory())]);
  const fresh = join(inside, Buffer.from(`new-${random.below(100)}`));
  const named = join(inside, random.of(NAMES));
  const isFree = !all.some((path) => path.equals(named));
  const changes: (() => void)[] = [
    () => writeFileSync(file, `changed ${random.below(1000)}`),
    () => chmodSync(file, random.of(MODES)),
    () => chmodSync(inside, random.of(FOLDER_MODES)),
    () => mkdirSync(fresh),
    () => symlinkSync('a', fresh),
    () => rmSync(file),
    () => (isFree ? writeFileSync(named, 'new') : writeFileSync(file, 'instead')),
    () => (isFree ? renameSync(file, named) : chmodSync(file, 0o640)),
  ];
  random.of(changes)();
}

function fill(folder: Buffer, random: Random, depth: number): void {
  const names = new Set(Array.from({ length: 2 + random.below(4) }, () => random.of(NAMES)));
  if (random.chance(5)) names.add(BYTES);
  for (const name of names) {
    const path = join(folder, name);
    if (depth < 3 && random.chance(40)) {
      mkdirSync(path);
      if (random.chance(90)) fill(path, random, depth + 1);
      chmodSync(path, random.of(FOLDER_MODES));
    } else {
      writeFileSync(path, `${String(name)} ${random.below(1000)}`);
      chmodSync(path, random.of(MODES));
    }
  }
}

function ignoreText(random: Random): string {
  const rules = Array.from({ length: 1 + random.below(4) }, (_, at) => {
    const path = Array.from({ length: 1 + random.below(3) }, () => random.of(WORDS)).join('/');
    const slashes = `${random.chance(10) ? '/' : ''}${path}${random.chance(10) ? '/' : ''}`;
    return random.chance(at === 0 ? 5 : 45) ? `!${slashes}` : slashes;
  });
  if (random.chance(30)) rules.unshift(random.of(['*', '**', 'a', 'lib']));
  return `${rules.join(random.of(['\n', '\r\n']))}\n`;
}

/** All files, links and folders below one, the same on every machine. */
export function everything(folder: Buffer): Buffer[] {
  return readdirSync(folder, { encoding: 'buffer' })
    .sort((left, right) => left.compare(right))
    .flatMap((name) => {
      const path = join(folder, name);
      return [path, ...(lstatSync(path).isDirectory() ? everything(path) : [])];
    });
}

function join(folder: Buffer, name: Buffer): Buffer {
  return Buffer.concat([folder, Buffer.from('/'), name]);
}
