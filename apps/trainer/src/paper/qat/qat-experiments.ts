import type { QatExperiment } from '../experiment.ts';

/** The results of arXiv 2505.14302, in its order. */
export const qatExperiments: readonly QatExperiment[] = [
  {
    id: 'b-law',
    kind: 'qat-law',
    title: 'Tables 1 and 2 of paper B: the scaling law of quantization-aware training',
    paper:
      'The error of W4A4 falls with model size (γN 0.2186), and grows with tokens (γD 0.0745) and with group size (γG 0.7779). The law misses the errors by 4.7 % in the mean; the prior form, with one constant per group size, by 8.5 %, and the law without tokens by 8.6 %.',
  },
  {
    id: 'b-parts',
    kind: 'qat-parts',
    title: 'Section 4.2 of paper B: the error of weights and of activations',
    paper:
      'W4A4 costs 0.906 of what W4A16 and W16A4 cost together. Activations cost more than weights: R = δ(W16A4) / δ(W4A16) is 1.67 at 100 tokens per parameter and 1.20 at 1000 with groups of 32, and 1.62 at 1000 with groups of 256.',
  },
  {
    id: 'b-fc2',
    kind: 'qat-fc2',
    title: 'Section 4.3 of paper B: the input of FC2, and what 8 bits for it gain',
    paper:
      'The inputs of FC2 have a kurtosis of 123 (BF16), 89 after quantization-aware training; those of other layers are far lower. With 8 bits for them the error of W4A4 (595M parameters, 100B tokens) falls by 20.5 % with groups of 32 and by 42.9 % with groups of 256.',
  },
  {
    id: 'b-formats',
    kind: 'qat-formats',
    title: 'Figures 12 and 13 of paper B: INT4 and FP4',
    paper:
      'INT4 and FP4 (E2M1) end alike in groups; with one scale per token and channel INT4 is better by 0.015. The law fitted to INT4 predicts the errors of FP4 as well.',
  },
];
