import { engine } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { checkTensor } from '../kernel/check-tensor.ts';
import { registerGradientOnce, registerOp } from '../kernel/register-op.ts';
import { swigluCpu, swigluGradCpu } from './cpu.ts';
import { swigluGradient } from './gradient.ts';
import { SWIGLU, SWIGLU_GRAD } from './kernel.ts';
import { swigluWasm, swigluGradWasm } from './wasm.ts';
import { swigluWebGpu, swigluGradWebGpu } from './webgpu.ts';

/**
 * SwiGLU (arXiv 2002.05202): `out[m,f] = silu(gate[m,f]) · up[m,f]`, `silu(g) = g / (1 + exp(-g))`. Differentiable.
 *
 * @param gateUpM2F - float32 `[M, 2F]`: in each row F gates, then F values
 * @returns float32 `[M, F]`
 * @throws RangeError when the rows have an odd length
 * @throws TypeError when the dtype is not float32
 */
export function swiglu(gateUpM2F: Tensor2D): Tensor2D {
  checkTensor('swiglu', 'gateUpM2F', gateUpM2F, 'float32', 2);
  if (gateUpM2F.shape[1] % 2 !== 0) {
    throw new RangeError(
      `swiglu: rows must hold gates and values, an even number, but got ${gateUpM2F.shape[1]}`,
    );
  }
  registerSwiglu();
  return engine().runKernel<Tensor2D>(SWIGLU, { gateUp: gateUpM2F });
}

function registerSwiglu(): void {
  registerOp(SWIGLU, { cpu: swigluCpu, wasm: swigluWasm, webgpu: swigluWebGpu });
  registerOp(SWIGLU_GRAD, { cpu: swigluGradCpu, wasm: swigluGradWasm, webgpu: swigluGradWebGpu });
  registerGradientOnce(swigluGradient);
}
