/**
 * Returns the bits a model spends per byte of text, `nats · tokens / (ln 2 · bytes)`: comparable between
 * vocabularies, as the loss per token is not.
 *
 * @param lossNats - Mean loss in nats per target token.
 * @param targets - The tokens that were predicted.
 * @param bytesPerId - Bytes of text that each id stands for.
 * @throws RangeError when there are no targets, or an id is not in the vocabulary.
 */
export function bitsPerByte(
  lossNats: number,
  targets: ArrayLike<number>,
  bytesPerId: ArrayLike<number>,
): number {
  let bytes = 0;
  for (let i = 0; i < targets.length; i++) {
    const length = bytesPerId[targets[i]!];
    if (length === undefined) {
      throw new RangeError(`bitsPerByte: ids must be 0 to ${bytesPerId.length - 1}, but got ${targets[i]}`);
    }
    bytes += length;
  }
  if (bytes === 0) throw new RangeError('bitsPerByte: there must be at least one target, but got none');
  return (lossNats * targets.length) / (Math.LN2 * bytes);
}
