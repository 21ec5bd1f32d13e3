import type { Tensor2D } from '@tensorflow/tfjs-core';
import { fakeQuantize } from '@nibble-ml/fake-quant';
import type { FakeQuantizeOptions } from '@nibble-ml/fake-quant';
import type { BackwardOperand, GradientFormat, RandomHadamard } from '../layer-precision.ts';
import { paddedHadamard } from './padded-hadamard.ts';
import type { RandomStream } from './random-stream.ts';

/**
 * Rounds an output gradient `[M, N]` for a product that sums along `axis`, as the integer kernels of fp4-gemm do: E5M2
 * with a power of two in all, INT8 with a scale per row of the product, NVFP4 in blocks of 16 along the sum.
 */
export function roundGradient(
  dyMN: Tensor2D,
  format: GradientFormat,
  axis: 0 | 1,
  random: RandomStream,
): Tensor2D {
  switch (format) {
    case 'f32':
      return dyMN;
    case 'bf16':
      return fakeQuantize(dyMN, { format });
    case 'e5m2':
      return fakeQuantize(dyMN, { format, granularity: 'tensor', scale: 'powerOfTwo' });
    case 'int8':
      // The headroom brings the largest magnitude to 127, which rounding up cannot leave.
      return fakeQuantize(dyMN, { format, axis, headroom: 128 / 127, ...stochastic(random) });
    case 'nvfp4':
      return fakeQuantize(dyMN, {
        format: 'e2m1',
        granularity: { block: 16 },
        axis,
        scale: 'e4m3',
        ...stochastic(random),
      });
  }
}

/** The tensors that an operand of a backward product may be made from. */
export interface BackwardSource {
  readonly original: () => Tensor2D;
  /** What the forward product took. */
  readonly forward: () => Tensor2D;
}

/** An operand of a backward product that sums along `axis`, transformed and quantized anew. */
export function backwardOperand(
  { original, forward }: BackwardSource,
  operand: BackwardOperand,
  axis: 0 | 1,
  hadamard: { readonly size: RandomHadamard['size']; readonly seed: number } | null,
  random: RandomStream,
): Tensor2D {
  const isForward = 'of' in operand ? operand.of === 'forward' : operand.format === 'asForward';
  const source = isForward ? forward() : original();
  const turned = hadamard === null ? source : paddedHadamard(source, { ...hadamard, axis });
  if (operand.format === 'asForward' || operand.format === 'f32') return turned;
  if (!('of' in operand)) return fakeQuantize(turned, { format: operand.format });
  const { format, granularity, scale, headroom, rounding } = operand;
  const options = { format, granularity, scale, headroom, axis };
  return fakeQuantize(turned, rounding === 'stochastic' ? { ...options, ...stochastic(random) } : options);
}

function stochastic(random: RandomStream): Pick<FakeQuantizeOptions, 'rounding' | 'seed'> {
  return { rounding: 'stochastic', seed: random.next() };
}
