import type { KernelFunction } from '@nibble-ml/tfjs-bridge';
import { gpuOutput, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { scaleInputs, scaleParams } from '../fp4-scales/scales-wgsl.ts';
import { forcedVariant, missingFeature } from '../webgpu-variants/webgpu-variant.ts';
import { tileGrid } from '../wgsl-grid.ts';
import { operandAttributes, productBlock } from './attributes.ts';
import type { BlockMatMulAttributes } from './attributes.ts';
import { BLOCK_TILE_SIZE, blockMatMulWgsl } from './block-matmul-wgsl.ts';
import type { BlockDot } from './block-matmul-wgsl.ts';

const shaders = new Map<BlockDot, string>();

/** `Fp4BlockMatMul` on the webgpu backend: integer dot products of a block, float32 sums of blocks, in registers. */
export const fp4BlockMatMulWebGpu: KernelFunction<GpuBackend, BlockMatMulAttributes> = (
  inputs,
  attrs,
  backend,
) => {
  const { xCodes, xScales, xTensorScale, wCodes, wScales, wTensorScale } = inputs;
  const [m, words] = xCodes!.shape as [number, number];
  const n = wCodes!.shape[0]!;
  // WebGPU binds no empty buffers.
  if (m * n * words === 0) return backend.makeTensorInfo([m, n], 'float32', new Float32Array(m * n));
  const y = gpuOutput(backend, [m, n], 'float32');
  const dot = blockDot(backend.device);
  let wgsl = shaders.get(dot);
  if (wgsl === undefined) shaders.set(dot, (wgsl = blockMatMulWgsl(dot)));
  const xParams = scaleParams(operandAttributes(attrs, 'x'), m, xScales!);
  const wParams = scaleParams(operandAttributes(attrs, 'w'), n, wScales!);
  const { workgroups, across, count } = tileGrid(m, n, ...BLOCK_TILE_SIZE);
  runProgram(backend, {
    name: `Fp4BlockMatMul ${dot}`,
    wgsl,
    inputs: [
      xCodes!,
      ...scaleInputs(xScales!, xTensorScale),
      wCodes!,
      ...scaleInputs(wScales!, wTensorScale),
    ],
    outputs: [y],
    params: [
      m,
      n,
      words,
      productBlock(attrs) / 8,
      xParams.rowScales,
      xParams.access,
      wParams.rowScales,
      wParams.access,
      across,
      count,
    ].map(u32),
    workgroups,
  });
  return y;
};

/** The built-in dot product where there is one, unless `NIBBLE_WEBGPU_VARIANT` forces a variant without it. */
function blockDot(device: GPUDevice): BlockDot {
  const forced = forcedVariant(device, 'forward');
  if (forced !== undefined && forced !== 'dot4I8Packed') return 'unpacked';
  return missingFeature(device, 'dot4I8Packed') === undefined ? 'dot4I8Packed' : 'unpacked';
}
