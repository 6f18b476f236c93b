/** What `--only` or `--scenarios` names, in its order; all without it. */
export function choose<T>(offered: Readonly<Record<string, T>>, only: readonly string[] = Object.keys(offered)): T[] {
  return only.map((key) => offered[key] ?? unknown(key, offered));
}

function unknown(key: string, offered: object): never {
  throw new Error(`There is no ${key} here: take some of ${Object.keys(offered).join(', ')}.`);
}
