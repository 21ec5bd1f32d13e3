import type { ChinchillaParameters } from './chinchilla.ts';
import type { PrecisionLawParameters } from './precision-law.ts';
import type { QatDeltaParameters } from './qat-law.ts';

/** Whose fit of Chinchilla's law. */
export type ChinchillaFitName = 'hoffmann' | 'epoch' | 'qat';

/** Published fits of {@link chinchilla}: nats per token, raw counts. */
export const chinchillaConstants: Readonly<Record<ChinchillaFitName, ChinchillaParameters>> = {
  // Hoffmann et al. 2022, arXiv 2203.15556, approach 3, as published.
  hoffmann: { E: 1.69, A: 406.4, alpha: 0.34, B: 410.7, beta: 0.28 },
  // Besiroglu et al. 2024 (Epoch AI), arXiv 2404.10102: the same runs fitted again.
  epoch: { E: 1.8169, A: 482.006, alpha: 0.3478, B: 2085.434, beta: 0.3658 },
  // arXiv 2505.14302, Table 1: BF16 runs of the QAT law, exponents tied.
  qat: { E: 1.9279, A: 237.7042, alpha: 0.3022, B: 596.249, beta: 0.3022 },
};

/** The precisions of Table 1 of arXiv 2505.14302; `-fc2-8bit` keeps the input of the second FFN layer in 8 bits. */
export type QatPrecision = 'w4a4' | 'w4a16' | 'w16a4' | 'w4a4-fc2-8bit' | 'w16a4-fc2-8bit';

/** Published fits of {@link qatDelta}, every row of Table 1 of arXiv 2505.14302 (INT4; holds for FP4, Fig. 13). */
export const qatDeltaConstants: Readonly<Record<QatPrecision, QatDeltaParameters>> = {
  w4a4: { k: 0.1582, gammaN: 0.2186, gammaD: 0.0745, gammaG: 0.7779 },
  w4a16: { k: 0.2522, gammaN: 0.3589, gammaD: 0.161, gammaG: 0.3533 },
  w16a4: { k: 0.1004, gammaN: 0.1816, gammaD: 0.0331, gammaG: 0.9812 },
  'w4a4-fc2-8bit': { k: 0.3519, gammaN: 0.2637, gammaD: 0.0964, gammaG: 0.3407 },
  'w16a4-fc2-8bit': { k: 0.1273, gammaN: 0.2347, gammaD: 0.0827, gammaG: 0.4491 },
};

/**
 * Published fit of `precisionLaw` (Kumar et al., arXiv 2411.04330, with per-tensor activations), as others quote it;
 * `beta` is rounded there.
 */
export const precisionLawConstants: PrecisionLawParameters = {
  E: 2.7648,
  A: 4299,
  alpha: 0.4965,
  B: 18060,
  beta: 0.5,
  gammaW: 2.6745,
  gammaA: 2.2102,
  gammaKv: 0.9578,
};
