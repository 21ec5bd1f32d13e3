import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelFunction } from '@nibble-ml/tfjs-bridge';
import { gpuOutput, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend, GpuProgram } from '@nibble-ml/tfjs-bridge/webgpu';
import { scaleStride } from '../scale-stride.ts';
import { variantFor } from '../webgpu-variants/webgpu-choice.ts';
import type { ProductShape } from '../webgpu-variants/webgpu-shape-class.ts';
import { subgroupSize } from '../webgpu-variants/webgpu-subgroup-size.ts';
import type { WebGpuVariant } from '../webgpu-variants/webgpu-variant.ts';
import { tileGrid } from '../wgsl-grid.ts';
import type { GradientProduct } from './fold.ts';
import type { GradientAttrs } from './options.ts';
import type { IntegerWidth, LeftOperand } from './webgpu-product-wgsl.ts';
import { prepareGradient } from './webgpu-rows.ts';
import type { GpuLeftOperand } from './webgpu-rows.ts';
import { subgroupTileSize, subgroupWgsl } from './webgpu-subgroup-wgsl.ts';
import { TILE_SIZE, tileWgsl } from './webgpu-tile-wgsl.ts';

const shaders = new Map<string, string>();

function shaderOf(
  device: GPUDevice,
  variant: WebGpuVariant,
  width: IntegerWidth,
  left: LeftOperand,
  isTransposed: boolean,
): string {
  if (variant === 'shader-f16' || variant === 'subgroup-matrix') {
    throw new RangeError(`gradient products have no variant ${variant}`);
  }
  const lanes = subgroupSize(device);
  const key = `${variant} ${width} ${left} ${isTransposed} ${lanes}`;
  let wgsl = shaders.get(key);
  if (wgsl === undefined) {
    wgsl =
      variant === 'subgroups'
        ? subgroupWgsl(width, left, lanes)
        : tileWgsl(variant, width, left, isTransposed);
    shaders.set(key, wgsl);
  }
  return wgsl;
}

/** The dispatch that multiplies a left operand with codes `[steps, words]`, whose scales lie `stride` apart; no size may be 0. */
export function integerProductProgram(
  device: GPUDevice,
  product: GradientProduct,
  left: Pick<GpuLeftOperand, 'kind' | 'inputs'>,
  codes: TensorInfo,
  stride: number,
  out: TensorInfo,
  width: IntegerWidth,
  variant: WebGpuVariant,
): GpuProgram {
  const [rows, cols] = out.shape as [number, number];
  const [steps, words] = codes.shape as [number, number];
  const strides = product === 'dx' ? [steps, 1] : [1, rows];
  const [tileRows, tileCols] = variant === 'subgroups' ? subgroupTileSize(subgroupSize(device)) : TILE_SIZE;
  const { workgroups, across, count } = tileGrid(rows, cols, tileRows, tileCols);
  return {
    name: `gradient ${product} ${width} ${variant}`,
    wgsl: shaderOf(device, variant, width, left.kind, product === 'dw'),
    inputs: [...left.inputs, codes],
    outputs: [out],
    params: [rows, cols, steps, words, ...strides, across, count, stride].map(u32),
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
    const left = prepareGradient(backend, product, dy!, scales!, stride, attrs);
    const width = isInt8 ? 'int8' : 'fixed24';
    const { device } = backend;
    runProgram(backend, integerProductProgram(device, product, left, codes!, stride, out, width, variant));
    left.dispose();
    return out;
  };
}
