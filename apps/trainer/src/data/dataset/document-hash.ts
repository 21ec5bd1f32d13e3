import { createHash } from 'node:crypto';

/** Two numbers in [0, 1) that a text decides. */
export interface DocumentHash {
  /** Decides the part of the dataset: a document is for validation when it is below the threshold. */
  readonly split: number;
  /** Decides whether it is in the sample that the vocabulary is trained on. */
  readonly sample: number;
}

/**
 * Returns the numbers of a text: the first and the second 48 bits of the SHA-256 of the seed and the text. So the
 * same document is always on the same side, wherever it stands and however often it occurs.
 */
export function documentHash(text: string, seed: number): DocumentHash {
  const digest = createHash('sha256').update(`${seed}\n`).update(text, 'utf8').digest();
  return { split: digest.readUIntBE(0, 6) / 2 ** 48, sample: digest.readUIntBE(6, 6) / 2 ** 48 };
}
