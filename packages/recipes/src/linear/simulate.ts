import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { fakeQuantize, fakeQuantizeClipGradient, fakeQuantizeGradient } from '@nibble-ml/fake-quant';
import type { FakeQuantizeOptions } from '@nibble-ml/fake-quant';
import type {
  ForwardOperand,
  HadamardSize,
  QuantizedActivations,
  QuantizedWeights,
} from '../layer-precision.ts';
import { paddedHadamard, paddedHadamardGradient } from './padded-hadamard.ts';

/** How an operand of the forward product is simulated. */
export interface Simulation {
  readonly operand: ForwardOperand;
  readonly hadamard: HadamardSize | null;
  /** Learned clip factors. */
  readonly clip?: Tensor1D | undefined;
}

/**
 * The values of an operand as the forward product takes them, float32 `[rows, K]`, K being filled up where there is a
 * Hadamard transform. An operand in f32 comes back as it is.
 */
export function simulate(x: Tensor2D, { operand, hadamard, clip }: Simulation): Tensor2D {
  const turned = hadamard === null ? x : paddedHadamard(x, { size: hadamard, axis: 1 });
  return isRounded(operand) ? fakeQuantize(turned, optionsOf(operand, clip)) : turned;
}

/** The gradients of {@link simulate} from the gradient by its result. */
export function simulateGradient(
  dValues: Tensor2D,
  x: Tensor2D,
  { operand, hadamard, clip }: Simulation,
): { dx: Tensor2D; dclip: Tensor1D | undefined } {
  let dx = dValues;
  let dclip: Tensor1D | undefined;
  if (clip !== undefined && 'scale' in operand) {
    ({ dx, dclip } = fakeQuantizeClipGradient(dValues, x, optionsOf(operand, clip)));
  } else if ('scale' in operand && operand.scale === 'quest') {
    // All others pass it straight through, also where a scale of theirs lets the largest value saturate.
    const turned = hadamard === null ? x : paddedHadamard(x, { size: hadamard, axis: 1 });
    dx = fakeQuantizeGradient(dValues, turned, optionsOf(operand));
  }
  if (hadamard !== null) dx = paddedHadamardGradient(dx, hadamard, x.shape[1]);
  return { dx, dclip };
}

function optionsOf(operand: Simulated, clip?: Tensor1D): FakeQuantizeOptions {
  if (!('scale' in operand)) return { format: operand.format };
  return { ...scaledOptions(operand), ...(clip === undefined ? {} : { clip }) };
}

function scaledOptions({
  format,
  granularity,
  scale,
}: QuantizedWeights | QuantizedActivations): FakeQuantizeOptions {
  const isRow = granularity === 'channel' || granularity === 'token';
  return { format, granularity: isRow ? 'vector' : granularity, scale };
}

type Simulated = QuantizedWeights | QuantizedActivations | { readonly format: 'bf16' };

function isRounded(operand: ForwardOperand): operand is Simulated {
  return operand.format !== 'f32';
}
