/** Lines of a text that went (`-`), came (`+`) or stayed beside them (two spaces), by the longest common part. */
export function lineDiff(before: string, after: string): string[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  // lengths[i][j]: the longest common part of old from i on and now from j on.
  const lengths = Array.from({ length: old.length + 1 }, () => now.map(() => 0).concat(0));
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = now.length - 1; j >= 0; j--)
      lengths[i]![j] =
        old[i] === now[j] ? lengths[i + 1]![j + 1]! + 1 : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!);
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      lines.push(`  ${old[i++]}`);
      j++;
    } else if (j >= now.length || (i < old.length && lengths[i + 1]![j]! >= lengths[i]![j + 1]!)) {
      lines.push(`- ${old[i++]}`);
    } else {
      lines.push(`+ ${now[j++]}`);
    }
  }
  return lines.filter((line, at) => !line.startsWith('  ') || isNearChange(lines, at));
}

function isNearChange(lines: readonly string[], at: number): boolean {
  return [lines[at - 1], lines[at + 1]].some((line) => line !== undefined && !line.startsWith('  '));
}
