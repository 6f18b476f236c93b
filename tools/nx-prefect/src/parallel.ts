/**
 * Runs an action on each item, at most `limit` at once.
 * @throws the first error, after the actions that were under way have ended
 */
export async function inParallel<T>(limit: number, items: readonly T[], action: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  let failure: { error: unknown } | undefined;
  const lane = async () => {
    for (const item of queue) {
      if (failure) return;
      await action(item).catch((error: unknown) => {
        failure ??= { error };
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  if (failure) throw failure.error;
}
