import type { TensorInfo } from '@tensorflow/tfjs-core';
import { randomBits } from '@nibble-ml/fp4-format';
import { gpuOutput } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend, GpuProgram } from '@nibble-ml/tfjs-bridge/webgpu';
import { fp4MatMulProgram } from '../fp4-matmul/webgpu.ts';
import { integerProductProgram } from '../gradient/webgpu.ts';
import { prepareGradient } from '../gradient/webgpu-prepare.ts';
import type { ProductShape } from './webgpu-shape-class.ts';
import type { WebGpuProduct, WebGpuVariant } from './webgpu-variant.ts';

/** A product of random operands, in any variant. */
export interface Trial {
  /** What the programs write: float32 `[rows, cols]`. */
  readonly out: TensorInfo;
  program(variant: WebGpuVariant): GpuProgram;
  /** Frees the operands and `out`. */
  dispose(): void;
}

/**
 * Makes the operands of a product: all codes, and gradients of many magnitudes.
 *
 * @param largest - instead of all codes, those whose sums are as large as they can be, of either sign, and odd
 */
export function makeTrial(
  backend: GpuBackend,
  product: WebGpuProduct,
  shape: ProductShape,
  largest = false,
): Trial {
  const { rows, cols, depth } = shape;
  const { device } = backend;
  const out = gpuOutput(backend, [rows, cols], 'float32');
  const made: TensorInfo[] = [out];
  const upload = (size: [number, number] | [number], values: Int32Array | Float32Array): TensorInfo => {
    const info = backend.makeTensorInfo(size, values instanceof Int32Array ? 'int32' : 'float32', values);
    made.push(info);
    return info;
  };
  const free = (): void => {
    for (const { dataId } of made) backend.disposeData(dataId);
  };
  const codes = (count: number, length: number, seed: number): TensorInfo => {
    const words = Math.ceil(length / 8);
    const last = length % 8 === 0 ? -1 : 2 ** (4 * (length % 8)) - 1;
    const bits = largest
      ? largestCodes(count, words)
      : new Int32Array(randomBits(count * words, seed).buffer);
    for (let i = words - 1; i < bits.length; i += words) bits[i]! &= last;
    return upload([count, words], bits);
  };
  const scales = (count: number): TensorInfo =>
    upload(
      [count],
      Float32Array.from({ length: count }, (_, i) => 2 ** ((i % 9) - 4) / 3),
    );
  if (product === 'forward') {
    const inputs = {
      xCodes: codes(rows, depth, 1),
      xScales: scales(rows),
      wCodes: codes(cols, depth, 2),
      wScales: scales(cols),
    };
    return { out, program: (variant) => fp4MatMulProgram(device, inputs, out, variant), dispose: free };
  }
  const noise = new Int32Array(randomBits(rows * depth, 3).buffer);
  const dy = upload(
    [rows, depth],
    Float32Array.from(noise, (bits, i) => bits * 2 ** ((i % 25) - 40)),
  );
  const [fp4, fp4Scales] = [codes(depth, cols, 2), scales(depth)];
  const isInt8 = product === 'gradientInt8';
  const gradient = isInt8 ? 'int8' : 'f32';
  const target = { product: 'dx', scales: fp4Scales, scaleStride: 1, seed: 1 } as const;
  const left = prepareGradient(backend, dy, [target], gradient);
  const width = isInt8 ? 'int8' : 'fixed24';
  return {
    out,
    program: (variant) => integerProductProgram(device, 'dx', left.operands[0]!, fp4, 1, out, width, variant),
    dispose: () => {
      left.dispose();
      free();
    },
  };
}

/** Rows of 1/2, 6, 6, ... and, in turn with them, of -1/2, -6, -6, ...: four times their products is odd. */
function largestCodes(count: number, words: number): Int32Array {
  return Int32Array.from({ length: count * words }, (_, i) => {
    const isNegative = Math.floor(i / words) % 2 === 1;
    const word = i % words === 0 ? 0x77777771 : 0x77777777;
    return isNegative ? word | 0x88888888 : word;
  });
}
