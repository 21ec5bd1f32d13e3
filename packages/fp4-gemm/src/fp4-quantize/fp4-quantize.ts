import { engine } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { checkFloatMatrix } from '../check-operands.ts';
import type { Fp4Tensor } from '../fp4-tensor.ts';
import { FP4_QUANTIZE } from './kernel-name.ts';
import type { Fp4QuantizeAttrs, Fp4QuantizeOptions } from './options.ts';
import { registerFp4Quantize } from './register.ts';

/**
 * Quantizes a matrix to E2M1 codes, 8 to a word, with one float32 scale per row or one in all:
 * `scale = RN(amax / 6)`, `code = encode(x / scale)` of the exact quotient, ties to even (arXiv 2501.17116, section 2).
 * The same bits on every backend. An amax below 2^-100 gives the scale 0.
 *
 * NaN and infinity cannot throw on a GPU: a row (or tensor) that holds one gets the scale NaN, so that every product
 * with it is NaN.
 *
 * The result is not differentiable, not even as zero: it is off the gradient tape. Train through `fp4Linear`, which
 * passes gradients straight through, or through a recipe.
 *
 * @param xRC - float32 `[rows, cols]`
 * @throws TypeError when x is not float32 or the granularity is unknown; RangeError when x is no matrix
 */
export function fp4Quantize(xRC: Tensor2D, { granularity = 'vector' }: Fp4QuantizeOptions = {}): Fp4Tensor {
  checkFloatMatrix('fp4Quantize', 'x', xRC);
  if (granularity !== 'vector' && granularity !== 'tensor') {
    throw new TypeError(
      `fp4Quantize: granularity must be 'vector' or 'tensor', but got '${String(granularity)}'`,
    );
  }
  registerFp4Quantize();
  const [rows, cols] = xRC.shape;
  const attrs: Fp4QuantizeAttrs = { granularity, cols };
  const x = untracked(xRC);
  const [codes, scales] = engine().runKernel(FP4_QUANTIZE, { x }, { ...attrs }) as unknown as [
    Tensor2D,
    Tensor1D,
  ];
  x.dispose();
  return { rows, cols, codes, scales, granularity };
}

/** A second handle on the same data. The tape follows handles, so no gradient flows back from it. */
function untracked(tensor: Tensor): Tensor {
  const { dataId, shape, dtype } = tensor;
  engine().backend.incRef(dataId);
  return engine().makeTensorFromTensorInfo({ dataId, shape, dtype });
}
