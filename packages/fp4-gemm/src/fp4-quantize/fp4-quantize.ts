import { engine } from '@tensorflow/tfjs-core';
import type { NamedAttrMap, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { checkFloatMatrix } from '../check-operands.ts';
import type { Fp4Tensor } from '../fp4-tensor.ts';
import { checkQuantizeOptions } from './check-options.ts';
import { FP4_QUANTIZE } from './kernel-name.ts';
import type { Fp4QuantizeAttrs, Fp4QuantizeOptions } from './options.ts';
import { blockScaleFormat } from './quantize-layout.ts';
import { registerFp4Quantize } from './register.ts';
import { untracked } from './untracked.ts';

/**
 * Quantizes a matrix to E2M1 codes, 8 to a word, with scales as `quantize` of `@nibble-ml/fp4-format` defines them. By
 * default one float32 per row: `scale = RN(amax / 6)`, `code = encode(x / scale)` of the exact quotient, ties to even
 * (arXiv 2501.17116, section 2). MXFP4 is `{ granularity: { block: 32 }, scale: 'e8m0Floor' }` (OCP Microscaling Formats
 * 1.0), NVFP4 `{ granularity: { block: 16 }, scale: 'e4m3' }` (arXiv 2509.25149). The same bits on every backend. An amax
 * below 2^-100 gives codes of magnitude 0.
 *
 * Stochastic rounding takes its random bits from the seed and the index of the element, so that they depend on nothing
 * else: `q = min(RN(|x| · RN(1 / scale)), 6)` goes up from the code below it if 24 bits are less than 2^24 times its
 * fraction of the step.
 *
 * NaN and infinity cannot throw on a GPU: a block, row or tensor that holds one gets the scale NaN, so that every product
 * with it is NaN. With `'e4m3'` the whole tensor does, since its maximum enters every scale.
 *
 * The result is not differentiable, not even as zero: it is off the gradient tape. Train through `fp4Linear`, which
 * passes gradients straight through, or through a recipe.
 *
 * @param xRC - float32 `[rows, cols]`
 * @throws TypeError when x is not float32, an option is unknown or stochastic rounding comes without a seed; RangeError
 *   when x is no matrix, a block is no multiple of 8 or the seed is out of range
 */
export function fp4Quantize(xRC: Tensor2D, options: Fp4QuantizeOptions = {}): Fp4Tensor {
  checkFloatMatrix('fp4Quantize', 'x', xRC);
  checkQuantizeOptions('fp4Quantize', options);
  const { granularity = 'vector', scale = 'exact', rounding = 'nearestEven', seed = 0 } = options;
  registerFp4Quantize();
  const [rows, cols] = xRC.shape;
  const attrs: Fp4QuantizeAttrs = { granularity, scale, rounding, seed, cols };
  const x = untracked(xRC);
  const outputs = engine().runKernel(FP4_QUANTIZE, { x }, {
    ...attrs,
  } as unknown as NamedAttrMap) as unknown as Tensor[];
  const [codes, scales, tensorScale = null] = outputs as [Tensor2D, Tensor1D, Tensor1D?];
  x.dispose();
  if (typeof granularity === 'string') return { rows, cols, codes, scales, granularity };
  return { rows, cols, codes, scales, granularity, scaleFormat: blockScaleFormat(scale), tensorScale };
}
