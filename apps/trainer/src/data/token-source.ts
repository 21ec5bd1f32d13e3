/** Token ids that are read piece by piece: from memory, or from files larger than memory. */
export interface TokenSource {
  /** Number of tokens. */
  readonly length: number;
  /**
   * Returns `count` consecutive tokens. The array may be a view of the source and must not be changed.
   *
   * @param start - Index of the first token.
   * @param count - How many; at least 0.
   * @throws RangeError when the piece does not lie within the source.
   */
  read(start: number, count: number): Int32Array;
}

/** Returns token ids that are in memory as a {@link TokenSource}; reading gives views of `ids`. */
export function tokensInMemory(ids: Int32Array): TokenSource {
  return {
    length: ids.length,
    read(start, count) {
      requirePiece(start, count, ids.length);
      return ids.subarray(start, start + count);
    },
  };
}

/**
 * Makes sure that a piece lies within a source of `length` tokens.
 *
 * @throws RangeError when it does not.
 */
export function requirePiece(start: number, count: number, length: number): void {
  if (
    Number.isSafeInteger(start) &&
    Number.isSafeInteger(count) &&
    start >= 0 &&
    count >= 0 &&
    start + count <= length
  )
    return;
  throw new RangeError(
    `TokenSource.read: the piece must lie within the ${length} tokens, but got start ${start} and count ${count}`,
  );
}

/** Calls back with all tokens of a source, in order and in pieces of at most `pieceLength`. */
export function forEachPiece(
  tokens: TokenSource,
  visit: (piece: Int32Array) => void,
  pieceLength = 65_536,
): void {
  for (let start = 0; start < tokens.length; start += pieceLength) {
    visit(tokens.read(start, Math.min(pieceLength, tokens.length - start)));
  }
}
