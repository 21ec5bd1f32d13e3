import { forEachPiece, type TokenSource } from './token-source.ts';

/**
 * Returns the entropy of the tokens' own unigram distribution, −Σ p ln p, in nats per token: the loss of the best
 * model that ignores all context. A model has learnt something about order only below it.
 *
 * @param tokens - The tokens, at least one.
 * @param vocabSize - Ids are below this.
 * @throws RangeError when there are no tokens, or an id is not in the vocabulary.
 */
export function unigramEntropyNats(tokens: TokenSource, vocabSize: number): number {
  if (tokens.length === 0)
    throw new RangeError('unigramEntropyNats: there must be at least one token, but got none');
  const counts = new Float64Array(vocabSize);
  let index = 0;
  forEachPiece(tokens, (piece) => {
    for (const id of piece) {
      if (!(id >= 0 && id < vocabSize)) {
        throw new RangeError(
          `unigramEntropyNats: ids must be 0 to ${vocabSize - 1}, but got ${id} at index ${index}`,
        );
      }
      counts[id]!++;
      index++;
    }
  });
  return entropyNats(counts, tokens.length);
}

/** The entropy −Σ p ln p, in nats, of what occurs `counts` times each and `total` times in all. */
export function entropyNats(counts: Iterable<number>, total: number): number {
  let entropy = 0;
  for (const count of counts) if (count > 0) entropy -= (count / total) * Math.log(count / total);
  return entropy;
}
