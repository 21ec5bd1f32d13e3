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
import { prepareGradient } from './webgpu-prepare.ts';
import type { GpuLeftOperand } from './webgpu-prepare.ts';
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
  left: GpuLeftOperand,
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
    params: [rows, cols, steps, words, ...strides, across, count, stride, left.firstRow].map(u32),
    workgroups,
  };
}

/** A product to be computed: its FP4 operand, and the seed of its random bits. */
export interface GradientTarget {
  readonly product: GradientProduct;
  readonly codes: TensorInfo;
  readonly scales: TensorInfo;
  readonly seed: number;
}

/**
 * dX, dW, or dX and dW of one dY: to integers for all of them at once, then each product with codes that are decoded in
 * registers, in the variant chosen for the device and the shape.
 */
export function gradientProductsWebGpu(
  backend: GpuBackend,
  dy: TensorInfo,
  targets: readonly GradientTarget[],
  { cols, gradient }: Pick<GradientAttrs, 'cols' | 'gradient'>,
): TensorInfo[] {
  const { device } = backend;
  const [m, n] = dy.shape as [number, number];
  const isInt8 = gradient === 'int8';
  const shapes = targets.map(({ product }): ProductShape =>
    product === 'dx' ? { rows: m, cols, depth: n } : { rows: n, cols, depth: m },
  );
  const variants = shapes.map((shape) => variantFor(device, isInt8 ? 'gradientInt8' : 'gradient', shape));
  // WebGPU binds no empty buffers.
  if (m * n * cols === 0) {
    return shapes.map(({ rows }) =>
      backend.makeTensorInfo([rows, cols], 'float32', new Float32Array(rows * cols)),
    );
  }
  const strides = targets.map(({ codes, scales }) => scaleStride(codes, scales));
  const prepared = prepareGradient(
    backend,
    dy,
    targets.map((target, i) => ({ ...target, scaleStride: strides[i]! })),
    gradient,
  );
  const outputs = targets.map(({ product, codes }, i) => {
    const out = gpuOutput(backend, [shapes[i]!.rows, cols], 'float32');
    const left = prepared.operands[i]!;
    const width = isInt8 ? 'int8' : 'fixed24';
    const program = integerProductProgram(
      device,
      product,
      left,
      codes,
      strides[i]!,
      out,
      width,
      variants[i]!,
    );
    runProgram(backend, program);
    return out;
  });
  prepared.dispose();
  return outputs;
}

/** The kernel of `Fp4MatMulDx` or `Fp4MatMulDw` on the webgpu backend. */
export function gradientProductWebGpu(product: GradientProduct): KernelFunction<GpuBackend, GradientAttrs> {
  return ({ dy, codes, scales }, attrs, backend) => {
    const target: GradientTarget = { product, codes: codes!, scales: scales!, seed: attrs.seed };
    return gradientProductsWebGpu(backend, dy!, [target], attrs)[0]!;
  };
}
