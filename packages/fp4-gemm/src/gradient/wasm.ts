import { counterBits } from '@nibble-ml/fp4-format';
import type { KernelFunction } from '@nibble-ml/tfjs-bridge';
import { heapOffset, wasmOutput, withScratch } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { matMulModule, wasmVariant } from '../fp4-matmul/wasm-variant.ts';
import { scaleStride } from '../scale-stride.ts';
import type { GradientProduct } from './fold.ts';
import { GRADIENT_FORMATS } from './options.ts';
import type { GradientAttrs } from './options.ts';

/**
 * The kernel of `Fp4MatMulDx` or `Fp4MatMulDw` on the wasm backend: the gradient as panels of int8 or int16 digits, multiplied by
 * the integer dot products of `Fp4MatMul`.
 */
export function gradientProductWasm(product: GradientProduct): KernelFunction<WasmBackend, GradientAttrs> {
  return ({ dy, codes, scales }, { cols, gradient, seed }, backend) => {
    const [m, n] = dy!.shape as [number, number];
    const [rows, steps] = product === 'dx' ? [m, n] : [n, m];
    // Numbered as in `assembly/gradient-operand.ts`.
    const format = GRADIENT_FORMATS.indexOf(gradient);
    const module = matMulModule(backend, wasmVariant(backend));
    const out = wasmOutput(backend, [rows, cols], 'float32');
    if (rows * cols === 0) return out;
    withScratch(backend, module.gradientMatMulScratch(rows, steps, cols, format) >>> 0, (scratch) => {
      module.gradientMatMul(
        heapOffset(backend, dy!),
        product === 'dw' ? 1 : 0,
        heapOffset(backend, codes!),
        heapOffset(backend, scales!),
        scaleStride(codes!, scales!),
        rows,
        steps,
        cols,
        format,
        // The hash of the seed, which counters are added to; that of 0 is 0.
        counterBits(0, seed),
        heapOffset(backend, out),
        scratch,
      );
    });
    return out;
  };
}
