import type { Readable } from 'node:stream';

/** Secret of 32 hexadecimal digits, a space, twelve digits, a line feed. */
const HEAD = 46;

/**
 * The messages of a Python process, framed by `python/nx_prefect/frames.py`: each begins with a secret that only Node
 * and that process know, so that nothing a flow writes is ever taken for one.
 */
export async function* frames(stream: Readable, secret: string): AsyncGenerator<string, void, undefined> {
  let unread = Buffer.alloc(0);
  for await (const part of stream) {
    unread = Buffer.concat([unread, part as Buffer]);
    while (unread.length >= HEAD) {
      const head = unread.toString('latin1', 0, HEAD);
      if (!head.startsWith(`${secret} `) || !/^\d{12}\n$/.test(head.slice(33))) return;
      const end = HEAD + Number(head.slice(33));
      if (unread.length < end) break;
      yield unread.toString('utf8', HEAD, end);
      unread = unread.subarray(end);
    }
  }
}
