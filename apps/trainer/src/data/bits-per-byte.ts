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
  return bitsPerByteOf(lossNats, targets.length, countBytes(targets, bytesPerId));
}

/**
 * Returns the bytes of text that tokens stand for.
 *
 * @throws RangeError when an id is not in the vocabulary.
 */
export function countBytes(ids: ArrayLike<number>, bytesPerId: ArrayLike<number>): number {
  let bytes = 0;
  for (let i = 0; i < ids.length; i++) {
    const length = bytesPerId[ids[i]!];
    if (length === undefined) {
      throw new RangeError(`bitsPerByte: ids must be 0 to ${bytesPerId.length - 1}, but got ${ids[i]}`);
    }
    bytes += length;
  }
  return bytes;
}

/**
 * {@link bitsPerByte} from sums, for targets that are not all in memory.
 *
 * @throws RangeError when there are no bytes.
 */
export function bitsPerByteOf(lossNats: number, tokens: number, bytes: number): number {
  if (bytes === 0) throw new RangeError('bitsPerByte: there must be at least one target, but got none');
  return (lossNats * tokens) / (Math.LN2 * bytes);
}
