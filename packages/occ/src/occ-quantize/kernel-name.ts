import type { QuantileRanks } from '../quantile-ranks.ts';

/** Name of the kernel in tfjs's registry: input `x` `[M, K]`, outputs `[codes, scales, indices, values]`. */
export const OCC_QUANTIZE = 'OccQuantize';

/** Attributes of the kernel: the ranks, computed once on the host so that all backends share them. */
export type OccQuantizeAttrs = QuantileRanks;
