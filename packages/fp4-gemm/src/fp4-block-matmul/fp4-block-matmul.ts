import { engine } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { checkFp4, checkSameSize } from '../check-operands.ts';
import { checkExactK } from '../exact-sum.ts';
import { blockAttributes, fp4Inputs } from '../fp4-attributes.ts';
import type { Fp4Tensor } from '../fp4-tensor.ts';
import type { BlockMatMulAttributes } from './attributes.ts';
import { FP4_BLOCK_MATMUL } from './kernel-name.ts';
import { registerFp4BlockMatMul } from './register.ts';

/**
 * `Y = X · Wᵀ` where at least one operand is scaled by blocks: what `fp4MatMul` does with such operands. Not
 * differentiable.
 *
 * @throws RangeError when K differs, the blocks of both operands differ or are too long for an exact sum
 */
export function fp4BlockMatMul(caller: string, x: Fp4Tensor, w: Fp4Tensor): Tensor2D {
  checkFp4(caller, 'x', x);
  checkFp4(caller, 'w', w);
  checkSameSize(caller, 'columns of x', x.cols, 'columns of w', w.cols);
  const [xAttrs, wAttrs] = [blockAttributes(x), blockAttributes(w)];
  if (xAttrs.block > 0 && wAttrs.block > 0) {
    checkSameSize(caller, 'blocks of x', xAttrs.block, 'blocks of w', wAttrs.block);
  }
  checkExactK(caller, Math.min(x.cols, Math.max(xAttrs.block, wAttrs.block)));
  registerFp4BlockMatMul();
  const attrs: BlockMatMulAttributes = {
    cols: x.cols,
    xBlock: xAttrs.block,
    xScaleFormat: xAttrs.scaleFormat,
    wBlock: wAttrs.block,
    wScaleFormat: wAttrs.scaleFormat,
  };
  const inputs = { ...prefixed('x', x), ...prefixed('w', w) };
  return engine().runKernel(FP4_BLOCK_MATMUL, inputs, { ...attrs }) as Tensor2D;
}

/** The tensors of an operand under the names of the kernel's inputs: `codes` is `xCodes`. */
function prefixed(prefix: 'x' | 'w', tensor: Fp4Tensor): { [name: string]: Tensor } {
  const entries = Object.entries(fp4Inputs(tensor));
  return Object.fromEntries(
    entries.map(([name, value]) => [prefix + name[0]!.toUpperCase() + name.slice(1), value]),
  );
}
