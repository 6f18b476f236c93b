import { sha256 } from '../../core/canonical';
import { shippedContent } from '../../workspace/shipped-content';
import type { GitAnswer } from '../../workspace/git';

/**
 * SHA-256 of what files of commits would ship, links inside of the commit followed; undefined where the commit has no
 * such file. One call of git.
 * @param git runs git in the repository
 * @param names `<commit>:<path>`, the path from the root of the repository
 */
export async function committedDigests(
  git: (args: readonly string[], input: string) => Promise<GitAnswer>,
  names: readonly string[],
): Promise<(string | undefined)[]> {
  // A line break would make two questions of one.
  const asked = names.filter((name) => !name.includes('\n'));
  const { output } = await git(['cat-file', '--batch', '--follow-symlinks'], asked.map((name) => `${name}\n`).join(''));
  const contents = contentsOf(output);
  const digests = new Map<string, string>();
  for (const name of asked) {
    const content = contents.next().value;
    if (content) digests.set(name, sha256(shippedContent(name, content)));
  }
  return names.map((name) => digests.get(name));
}

/** `<object> blob <size>` and the content; a link that leads nowhere has its size too; `missing` has nothing more. */
function* contentsOf(output: Buffer): Generator<Buffer | undefined, undefined> {
  const header = /^(?:[0-9a-f]{40,} )?(blob|tree|commit|tag|symlink|dangling|loop|notdir) (\d+)$/;
  for (let at = 0; at < output.length;) {
    const end = output.indexOf('\n', at);
    const [, kind, size] = header.exec(output.toString('utf8', at, end)) ?? [];
    at = end + 1;
    if (size === undefined) yield undefined;
    else {
      yield kind === 'blob' ? output.subarray(at, at + Number(size)) : undefined;
      at += Number(size) + 1;
    }
  }
  return undefined;
}
