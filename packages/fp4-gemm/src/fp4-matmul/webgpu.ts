import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelFunction, KernelInputs } from '@nibble-ml/tfjs-bridge';
import { gpuOutput, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend, GpuProgram } from '@nibble-ml/tfjs-bridge/webgpu';
import { scaleStride } from '../scale-stride.ts';
import { variantFor } from '../webgpu-variants/webgpu-choice.ts';
import { MATRIX_TILE, subgroupMatrixPlan } from '../webgpu-variants/webgpu-subgroup-matrix-plan.ts';
import { subgroupSize } from '../webgpu-variants/webgpu-subgroup-size.ts';
import type { WebGpuVariant } from '../webgpu-variants/webgpu-variant.ts';
import { tileGrid } from '../wgsl-grid.ts';
import { subgroupMatrixWgsl } from './webgpu-subgroup-matrix-wgsl.ts';
import { subgroupRows, subgroupTileSize, subgroupWgsl } from './webgpu-subgroup-wgsl.ts';
import { TILE_SIZE, tileWgsl } from './webgpu-tile-wgsl.ts';

/**
 * A matrix that is added to a product: `Σ_r values[m, r] · wKN[indices[m, r], n]`, the first slots of a row up to a
 * value 0, in order, each product and sum rounded.
 */
export interface SparseAddend {
  /** int32 `[M, R]`: rows of `wKN`. */
  readonly indices: TensorInfo;
  /** float32 `[M, R]`. */
  readonly values: TensorInfo;
  /** float32 `[K, N]`. */
  readonly wKN: TensorInfo;
}

/** A shader, and the rows and columns of a workgroup's tile. */
interface TiledShader {
  readonly wgsl: string;
  readonly tile: readonly [number, number];
}

const shaders = new Map<string, TiledShader>();

function shaderOf(device: GPUDevice, variant: WebGpuVariant, m: number, hasAddend: boolean): TiledShader {
  const lanes = subgroupSize(device);
  const rows = subgroupRows(lanes, m);
  const plan = variant === 'subgroup-matrix' ? subgroupMatrixPlan(device)! : undefined;
  const key = `${variant} ${lanes} ${rows} ${JSON.stringify(plan)} ${hasAddend}`;
  let shader = shaders.get(key);
  if (shader !== undefined) return shader;
  if (variant === 'subgroups') {
    shader = { wgsl: subgroupWgsl(lanes, rows, hasAddend), tile: subgroupTileSize(lanes, rows) };
  } else if (variant === 'subgroup-matrix') {
    shader = { wgsl: subgroupMatrixWgsl(plan!, hasAddend), tile: [MATRIX_TILE, MATRIX_TILE] };
  } else {
    shader = { wgsl: tileWgsl(variant, hasAddend), tile: TILE_SIZE };
  }
  shaders.set(key, shader);
  return shader;
}

/** The dispatch of `Fp4MatMul` in a variant; no size may be 0. */
export function fp4MatMulProgram(
  device: GPUDevice,
  { xCodes, xScales, wCodes, wScales }: KernelInputs,
  y: TensorInfo,
  variant: WebGpuVariant,
  addend?: SparseAddend,
): GpuProgram {
  const [m, words] = xCodes!.shape as [number, number];
  const n = wCodes!.shape[0]!;
  const { wgsl, tile } = shaderOf(device, variant, m, addend !== undefined);
  const { workgroups, across, count } = tileGrid(m, n, ...tile);
  const strides = [scaleStride(xCodes!, xScales!), scaleStride(wCodes!, wScales!)];
  return {
    name: `Fp4MatMul ${variant}`,
    wgsl,
    inputs: [
      xCodes!,
      xScales!,
      wCodes!,
      wScales!,
      ...(addend === undefined ? [] : [addend.indices, addend.values, addend.wKN]),
    ],
    outputs: [y],
    params: [m, n, words, ...strides, across, count, addend?.indices.shape[1] ?? 0].map(u32),
    workgroups,
  };
}

/** `Fp4MatMul` on the webgpu backend, in the variant chosen for the device and the shape. */
export const fp4MatMulWebGpu: KernelFunction<GpuBackend> = (inputs, _attrs, backend) =>
  runFp4MatMulWebGpu(backend, inputs);

/**
 * Runs `Fp4MatMul`, and adds the product of a sparse matrix on the way if there is one.
 *
 * @param inputs - as `Fp4MatMulInputs`
 * @returns float32 `[M, N]`
 * @throws RangeError as `runProgram`, or when `NIBBLE_WEBGPU_VARIANT` forces a variant that cannot run
 */
export function runFp4MatMulWebGpu(
  backend: GpuBackend,
  inputs: KernelInputs,
  addend?: SparseAddend,
): TensorInfo {
  const [m, words] = inputs['xCodes']!.shape as [number, number];
  const n = inputs['wCodes']!.shape[0]!;
  const variant = variantFor(backend.device, 'forward', { rows: m, cols: n, depth: 8 * words });
  // WebGPU binds no empty buffers.
  if (m * n * words === 0) return backend.makeTensorInfo([m, n], 'float32', new Float32Array(m * n));
  const y = gpuOutput(backend, [m, n], 'float32');
  runProgram(backend, fp4MatMulProgram(backend.device, inputs, y, variant, addend));
  return y;
}
