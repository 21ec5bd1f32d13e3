import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelFunction } from '@nibble-ml/tfjs-bridge';
import { gpuOutput, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend, GpuProgram } from '@nibble-ml/tfjs-bridge/webgpu';
import { scaleStride } from '../scale-stride.ts';
import { variantFor } from '../webgpu-variants/webgpu-choice.ts';
import type { ProductShape } from '../webgpu-variants/webgpu-shape-class.ts';
import type { WebGpuVariant } from '../webgpu-variants/webgpu-variant.ts';
import { tileGrid } from '../wgsl-grid.ts';
import type { GradientProduct } from './fold.ts';
import type { GradientAttrs } from './options.ts';
import type { IntegerWidth } from './webgpu-product-wgsl.ts';
import { gradientRowsOnGpu } from './webgpu-rows.ts';
import type { GpuIntegerRows } from './webgpu-rows.ts';
import { SUBGROUP_TILE_SIZE, subgroupWgsl } from './webgpu-subgroup-wgsl.ts';
import { TILE_SIZE, tileWgsl } from './webgpu-tile-wgsl.ts';

const shaders = new Map<string, string>();

function shaderOf(variant: WebGpuVariant, width: IntegerWidth, isTransposed: boolean): string {
  if (variant === 'shader-f16') throw new RangeError('gradient products have no variant shader-f16');
  const key = `${variant} ${width} ${isTransposed}`;
  let wgsl = shaders.get(key);
  if (wgsl === undefined) {
    wgsl = variant === 'subgroups' ? subgroupWgsl(width) : tileWgsl(variant, width, isTransposed);
    shaders.set(key, wgsl);
  }
  return wgsl;
}

/** The dispatch that multiplies integers with codes `[steps, words]` in a variant; no size may be 0. */
export function integerProductProgram(
  product: GradientProduct,
  { values, units }: Pick<GpuIntegerRows, 'values' | 'units'>,
  codes: TensorInfo,
  out: TensorInfo,
  width: IntegerWidth,
  variant: WebGpuVariant,
): GpuProgram {
  const [rows, cols] = out.shape as [number, number];
  const [steps, words] = codes.shape as [number, number];
  const strides = product === 'dx' ? [steps, 1] : [1, rows];
  const [tileRows, tileCols] = variant === 'subgroups' ? SUBGROUP_TILE_SIZE : TILE_SIZE;
  const { workgroups, across, count } = tileGrid(rows, cols, tileRows, tileCols);
  return {
    name: `gradient ${product} ${width} ${variant}`,
    wgsl: shaderOf(variant, width, product === 'dw'),
    inputs: [values, units, codes],
    outputs: [out],
    params: [rows, cols, steps, words, ...strides, across, count].map(u32),
    workgroups,
  };
}

/**
 * The kernel of `Fp4MatMulDx` or `Fp4MatMulDw` on the webgpu backend: dY to integers, then a product with codes that are
 * decoded in registers, in the variant chosen for the device and the shape.
 */
export function gradientProductWebGpu(product: GradientProduct): KernelFunction<GpuBackend, GradientAttrs> {
  return ({ dy, codes, scales }, attrs, backend) => {
    const [m, n] = dy!.shape as [number, number];
    const shape: ProductShape =
      product === 'dx' ? { rows: m, cols: attrs.cols, depth: n } : { rows: n, cols: attrs.cols, depth: m };
    const { rows, cols, depth } = shape;
    const isInt8 = attrs.gradient === 'int8';
    const variant = variantFor(backend.device, isInt8 ? 'gradientInt8' : 'gradient', shape);
    // WebGPU binds no empty buffers.
    if (rows * cols * depth === 0) {
      return backend.makeTensorInfo([rows, cols], 'float32', new Float32Array(rows * cols));
    }
    const out = gpuOutput(backend, [rows, cols], 'float32');
    const stride = scaleStride(codes!, scales!);
    const integers = gradientRowsOnGpu(backend, product, dy!, scales!, stride, attrs);
    const width = isInt8 ? 'int8' : 'fixed24';
    runProgram(backend, integerProductProgram(product, integers, codes!, out, width, variant));
    integers.dispose();
    return out;
  };
}
