/**
 * What to say when a registration's code comes from another checkout's local store: whoever works there finds that its
 * edits no longer count.
 * @param before the store that the server names
 * @param now this checkout's; undefined where code goes to a bucket
 */
export function movedNote(name: string, before: string | undefined, now: string | undefined): string[] {
  if (before === undefined || before === now) return [];
  const from = now === undefined ? "from this checkout's bucket" : `from this checkout, ${now}`;
  return [`${name} is served from another checkout, ${before}; registering it here lets it run ${from}.`];
}
