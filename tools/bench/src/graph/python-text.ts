import type { Random } from '../../../e2e/src/parts/random';

const NOUNS = (
  'orders customers invoices shipments returns prices stock ledger budget visits clicks leads payouts refunds ' +
  'quotes audits claims routes sensors forecasts'
).split(' ');
const VERBS =
  'load clean join rank score send check merge split count fill round export import_file compare group'.split(' ');

/** Two words that make a name: `load_orders`. */
function someName(random: Random): string {
  return `${random.of(VERBS)}_${random.of(NOUNS)}`;
}

export function someNoun(random: Random): string {
  return random.of(NOUNS);
}

/**
 * A module of so many functions, of about 500 bytes each, with what makes a naive reader stumble: imports in texts and
 * comments.
 */
export function module(random: Random, imports: readonly string[], functions: number): string {
  const parts = [
    `"""${sentence(random)}\n\nUsage::\n\n    import nowhere\n    from elsewhere import ${someName(random)}\n"""`,
    ...imports,
    '',
  ];
  for (let at = 0; at < functions; at++) parts.push(someFunction(random, at));
  return `${parts.join('\n')}\n`;
}

function someFunction(random: Random, at: number): string {
  const name = `${someName(random)}_${at}`;
  const [limit, label] = [1 + random.below(900), someNoun(random)];
  return `
def ${name}(rows: list[dict], *, limit: int = ${limit}, label: str = "${label}") -> list[dict]:
    """${sentence(random)}"""
    # import ${someNoun(random)}: not any more
    chosen = [row for row in rows if row.get("${someNoun(random)}", 0) < limit]
    if not chosen:
        raise ValueError(f"nothing of {label!r} is below {limit:,}: from {len(rows)} rows import none")
    totals = {}
    for row in chosen:
        key = (row["${someNoun(random)}"], str(row.get('${someNoun(random)}', "it's")))
        totals[key] = totals.get(key, 0.0) + row.get("amount", ${random.below(100)}.5)
    return [{"key": key, "label": f"{label}: {key[0]}", "total": total} for key, total in sorted(totals.items())]
`;
}

function sentence(random: Random): string {
  return (
    `${someName(random).replaceAll('_', ' ')} from ${someNoun(random)} ` +
    `and import the ${someNoun(random)} of the ${someNoun(random)}.`
  );
}
