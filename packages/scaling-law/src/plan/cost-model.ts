import { bitsOfPrecision, isHighPrecision } from '../laws/precision-bits.ts';
import { TRAINING_FLOPS_PER_PARAMETER_TOKEN } from '../predict/compute-optimal.ts';

/** A precision, and the group size where it is quantized. */
export interface PrecisionChoice {
  /** `bf16`, or a row of Table 1 such as `w4a4` or `w4a4-fc2-8bit`. */
  readonly precision: string;
  /** Weights that share a scale; left out in high precision. */
  readonly G?: number | undefined;
}

/** Every number that turns a size, tokens and a precision into costs. All are assumptions: change them. */
export interface CostModel {
  /** FLOPs of training per parameter and token: 2 forward, 4 backward. */
  readonly trainingFlopsPerParameterToken: number;
  /** How much faster a matrix product runs than in 16 bits, by the bits of its wider operand. */
  readonly speedups: Readonly<Record<number, number>>;
  /**
   * Whether training itself runs in the precision. `false` is quantization-aware training with simulated quantization,
   * which costs as much as training in 16 bits. `true` takes the forward pass in the precision and the backward pass in
   * 8 bits.
   */
  readonly trainsInPrecision: boolean;
  /** Bits of one scale, of which each group of weights has one. */
  readonly scaleBits: number;
  /** Bits of a weight that is not quantized. */
  readonly highPrecisionBits: number;
  /** Share of the parameters in the second FFN layer: a quarter where the FFN is 8/3 wide and the keys are grouped. */
  readonly fc2Share: number;
  /** Parameters of embedding and head beside `N`, kept in `highPrecisionBits`. */
  readonly embeddingParameters: (N: number) => number;
}

/** Costs of a hardware whose matrix units double in speed with each halving of the bits, and of simulated training. */
export const defaultCostModel: CostModel = {
  trainingFlopsPerParameterToken: TRAINING_FLOPS_PER_PARAMETER_TOKEN,
  speedups: { 32: 0.5, 16: 1, 8: 2, 4: 4 },
  trainsInPrecision: false,
  scaleBits: 16,
  highPrecisionBits: 16,
  fc2Share: 0.25,
  embeddingParameters: () => 0,
};

/**
 * FLOPs of training, counted in those of 16 bits.
 *
 * @throws RangeError if the name of the precision does not say its bits, or the model has no speed for them or for 8 bits.
 */
export function trainingFlops(
  { N, D, ...choice }: PrecisionChoice & { readonly N: number; readonly D: number },
  model: CostModel,
): number {
  const backward = 1 / speedup(8, model);
  const cost =
    model.trainsInPrecision && !isHighPrecision(choice.precision)
      ? (forwardCost(choice, model) + 2 * backward) / 3
      : 1;
  return model.trainingFlopsPerParameterToken * N * D * cost;
}

/**
 * FLOPs of one generated token, counted in those of 16 bits: two per parameter.
 *
 * @throws RangeError if the name of the precision does not say its bits, or the model has no speed for them.
 */
export function inferenceFlops(N: number, choice: PrecisionChoice, model: CostModel): number {
  return 2 * N * forwardCost(choice, model);
}

/**
 * Bytes of the weights as deployed, with scales and embeddings.
 *
 * @throws RangeError if the name of the precision does not say its bits.
 */
export function weightBytes(N: number, { precision, G }: PrecisionChoice, model: CostModel): number {
  const embeddings = model.embeddingParameters(N) * model.highPrecisionBits;
  const { Pw } = bitsOfPrecision(precision);
  const isQuantized = G !== undefined && Pw < model.highPrecisionBits;
  const bits = isQuantized ? Pw + model.scaleBits / G : model.highPrecisionBits;
  return (N * bits + embeddings) / 8;
}

/** Time of the forward pass over that in 16 bits. */
function forwardCost({ precision }: PrecisionChoice, model: CostModel): number {
  const { Pw, Pa } = bitsOfPrecision(precision);
  const wide = 1 / speedup(Math.max(Pw, Pa), model);
  if (!precision.endsWith('-fc2-8bit')) return wide;
  const fc2 = 1 / speedup(Math.max(Pw, 8), model);
  return (1 - model.fc2Share) * wide + model.fc2Share * Math.max(fc2, wide);
}

function speedup(bits: number, { speedups }: CostModel): number {
  const found = speedups[bits];
  if (found === undefined) {
    throw new RangeError(
      `speedup: the cost model must have the speed of ${bits} bits, but has ${Object.keys(speedups).join(', ')}`,
    );
  }
  return found;
}
