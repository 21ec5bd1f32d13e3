/**
 * Kernel name: inputs logits `[R, V]` of some of M rows, targets int32 `[M]` of all, and, unless these are the first,
 * loss `[M]`, which is completed in place; outputs loss `[M]` and, when asked for, dLogits `[R, V]`, the gradient of the
 * mean loss of all rows.
 */
export const CROSS_ENTROPY = 'NibbleCrossEntropy';

/** Attributes of {@link CROSS_ENTROPY}. */
export type CrossEntropyAttrs = {
  /** Whether to make dLogits. */
  gradient: boolean;
  /** Which of all rows the first row of logits is. */
  firstRow: number;
};

/** Kernel name: input loss `[M]`; output its mean `[]`. */
export const MEAN_LOSS = 'NibbleMeanLoss';
