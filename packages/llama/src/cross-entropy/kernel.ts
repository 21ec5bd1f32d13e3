/**
 * Kernel name: inputs logits `[M, V]` and targets int32 `[M]`; outputs loss `[M]` and, when asked for, dLogits `[M, V]`.
 */
export const CROSS_ENTROPY = 'NibbleCrossEntropy';

/** Attributes of {@link CROSS_ENTROPY}. */
export type CrossEntropyAttrs = {
  /** Whether to make dLogits, the gradient of the mean loss of `meanOf` rows, of which these may be a part. */
  gradient: boolean;
  meanOf: number;
};

/** Kernel name: input loss `[M]`; output its mean `[]`. */
export const MEAN_LOSS = 'NibbleMeanLoss';
