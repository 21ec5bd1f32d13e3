import { findBackend, getBackend } from '@tensorflow/tfjs-core';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { wasmVariant } from './fp4-matmul/wasm-variant.ts';
import { measuredChoices, variantForClass } from './webgpu-variants/webgpu-choice.ts';
import type { WebGpuProduct, WebGpuVariant } from './webgpu-variants/webgpu-variant.ts';

/** What runs each of the four steps of an FP4 linear layer, in words for reports. */
export interface Fp4KernelNames {
  /** `Fp4Quantize`. */
  readonly quantize: string;
  /** `Fp4MatMul`, Y = X · Wᵀ. */
  readonly fprop: string;
  /** `Fp4MatMulDx`, dX = dY · W_q. */
  readonly dgrad: string;
  /** `Fp4MatMulDw`, dW = dYᵀ · X_q. */
  readonly wgrad: string;
}

/**
 * Names the kernel variants that run on a backend, as chosen for this engine or adapter, or forced by
 * `NIBBLE_WASM_SIMD` (`simd128`, `relaxed`) or `NIBBLE_WEBGPU_VARIANT`. On webgpu, those for products of medium size;
 * `tuneFp4Kernels` returns those of each class of shapes, with the measured times.
 *
 * @param backendName - `'cpu'`, `'wasm'` or `'webgpu'`, open already; default the current one
 * @throws RangeError when the package has no kernels for the backend, it is not open, or a forced variant cannot run
 */
export function fp4KernelName(backendName: string = getBackend()): Fp4KernelNames {
  switch (backendName) {
    case 'cpu':
      return all('cpu reference');
    case 'wasm': {
      const backend = findBackend('wasm') as unknown as WasmBackend | null;
      if (backend == null)
        throw new RangeError("fp4KernelName: backend 'wasm' must be open; call openWasm first");
      const products = {
        simd128: 'wasm simd128 i32x4.dot_i16x8_s',
        relaxed: 'wasm relaxed i32x4.relaxed_dot_i8x16_i7x16_add_s',
      };
      return { ...all(products[wasmVariant(backend)]), quantize: 'wasm simd128' };
    }
    case 'webgpu':
      return { quantize: 'webgpu u32', ...webGpuNames() };
    default:
      throw new RangeError(`fp4KernelName: backend must be cpu, wasm or webgpu, but got '${backendName}'`);
  }
}

const WEBGPU_NAMES: Readonly<Record<WebGpuVariant, string>> = {
  dot4I8Packed: 'webgpu dot4I8Packed',
  unpacked: 'webgpu unpacked i32',
  f32: 'webgpu exact f32',
  'shader-f16': 'webgpu shader-f16',
  subgroups: 'webgpu subgroups, exact f32',
  'subgroup-matrix': 'webgpu subgroup-matrix',
};

/** The variants of products of medium size, on which most of the work of training runs. */
function webGpuNames(): Omit<Fp4KernelNames, 'quantize'> {
  const backend = findBackend('webgpu') as unknown as GpuBackend | null;
  if (backend == null) {
    throw new RangeError("fp4KernelName: backend 'webgpu' must be open; call openWebGpu first");
  }
  const name = (product: WebGpuProduct): string => {
    const variant = variantForClass(backend.device, product, 'medium');
    const measured = measuredChoices(backend.device).find(
      (choice) => choice.product === product && choice.shapeClass === 'medium',
    );
    const isFastest = measured?.variant === variant;
    return WEBGPU_NAMES[variant] + (isFastest ? `, fastest of ${measured.timings.length} measured` : '');
  };
  return { fprop: name('forward'), dgrad: name('gradient'), wgrad: name('gradient') };
}

function all(name: string): Fp4KernelNames {
  return { quantize: name, fprop: name, dgrad: name, wgrad: name };
}
