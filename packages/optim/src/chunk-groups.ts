/** A range of one tensor's elements, and where its state lies. */
export interface Chunk {
  /** Which tensor, by its place in the order of the parameters. */
  readonly tensor: number;
  /** First element; a multiple of 4. */
  readonly start: number;
  /** Elements, at least 1. */
  readonly count: number;
  /** Where the chunk's state begins in the state of its group, in 4-byte words. */
  readonly offset: number;
}

/** Chunks that one kernel call handles: on webgpu one dispatch, because so many tensors can be bound at once. */
export interface ChunkGroup {
  readonly chunks: readonly Chunk[];
  /** Size of the group's state in 4-byte words. */
  readonly words: number;
}

/** Options of {@link planGroups}. */
export interface GroupLimits {
  /** Chunks in one group, at least 1. */
  readonly chunks: number;
  /** Words of state that four elements take; 0 for no state. */
  readonly wordsPerQuad: number;
  /** Words of state that one group may have. */
  readonly words: number;
}

/**
 * The most chunks whose codes one shader handles. Each has its own copy of the arithmetic, and the software adapter
 * compiles 4 copies in 1.6 s but 7 in 5 s.
 */
export const mostCodedChunks = 4;

/**
 * Divides tensors of the given `sizes` into as few groups as the limits allow, in order. A tensor whose state would not
 * fit is cut into several chunks, in groups of their own; an empty tensor has none.
 *
 * @throws RangeError when not a single chunk fits: the device binds too few tensors
 */
export function planGroups(sizes: readonly number[], limits: GroupLimits): ChunkGroup[] {
  const { chunks: most, wordsPerQuad, words: mostWords } = limits;
  const quads = wordsPerQuad === 0 ? Infinity : Math.floor(mostWords / wordsPerQuad);
  if (most < 1 || quads < 1) {
    throw new RangeError(
      `planGroups: the device must bind a parameter with its gradient and state at once, but has room for ${most} of ${quads * 4} elements; open it with higher limits`,
    );
  }
  const groups: { chunks: Chunk[]; words: number }[] = [];
  for (const [tensor, size] of sizes.entries()) {
    for (let start = 0; start < size; start += quads * 4) {
      const count = Math.min(quads * 4, size - start);
      const words = wordsOf(count, wordsPerQuad);
      let group = groups.at(-1);
      if (group === undefined || group.chunks.length >= most || group.words + words > mostWords)
        groups.push((group = { chunks: [], words: 0 }));
      group.chunks.push({ tensor, start, count, offset: group.words });
      group.words += words;
    }
  }
  return groups;
}

/** Words of state that `count` elements take: those of whole quads. */
export function wordsOf(count: number, wordsPerQuad: number): number {
  return Math.ceil(count / 4) * wordsPerQuad;
}
