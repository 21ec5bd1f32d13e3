/**
 * Returns the Levenshtein distance: the fewest insertions, deletions and substitutions of UTF-16 units that turn one
 * word into the other. O(|a| · |b|) time, O(|b|) space.
 *
 * @param a - A word.
 * @param b - Another.
 */
export function levenshtein(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitute = above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(substitute, above[j]! + 1, row[j - 1]! + 1));
    }
    above = row;
  }
  return above[b.length]!;
}

/** Case, hyphens and underscores are how the same name is written in flags, TOML and code. */
const plain = (word: string): string => word.toLowerCase().replaceAll(/[-_\s]/g, '');

/**
 * Returns the candidate nearest to a misspelt word, or `undefined` when none is near: more than two
 * fifths of the letters (but always one may) would have to change. The first of equals wins.
 *
 * @param word - What was typed.
 * @param candidates - What is known.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(plain(word).length * 0.4)) + 1;
  for (const candidate of candidates) {
    const distance = levenshtein(plain(word), plain(candidate));
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/**
 * Returns `; did you mean "…"?` with the nearest candidate, or an empty string when none is near: the end of an error
 * message.
 *
 * @param word - What was typed.
 * @param candidates - What is known.
 */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const found = nearest(word, candidates);
  return found === undefined ? '' : `; did you mean ${JSON.stringify(found)}?`;
}
