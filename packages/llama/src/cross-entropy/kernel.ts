/** Kernel name: inputs logits `[M, V]`, targets int32 `[M]`; outputs meanLoss `[]`, loss `[M]`, logSumExp `[M]`. */
export const CROSS_ENTROPY = 'NibbleCrossEntropy';

/** Kernel name: inputs dy `[]`, logits, targets and logSumExp; output dLogits `[M, V]`. */
export const CROSS_ENTROPY_GRAD = 'NibbleCrossEntropyGrad';
