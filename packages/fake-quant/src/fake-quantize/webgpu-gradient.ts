import type { KernelFunction } from '@nibble-ml/tfjs-bridge';
import { gpuOutput, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend, Param } from '@nibble-ml/tfjs-bridge/webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { float32Bits } from '../webgpu/float32-bits.ts';
import { CLIP_GRADIENT_WGSL, lineSumsWgsl, MASK_UNSCALED_WGSL, MASK_WGSL } from '../webgpu/gradient-wgsl.ts';
import { threadGrid } from '../webgpu/grid.ts';
import { runBlockScales } from '../webgpu/run-block-scales.ts';
import { isScaled } from './element-formats.ts';
import type { FakeQuantizeAttrs } from './options.ts';
import { insideBits, saturationOf } from './saturation.ts';

/**
 * `FakeQuantizeGradient` on the webgpu backend: the scales, then dx; with clip factors dx with the sums of lines, and their
 * gradients from those.
 */
export const fakeQuantizeGradientWebGpu: KernelFunction<GpuBackend, FakeQuantizeAttrs> = (
  { dy, x, clip },
  attrs,
  backend,
) => {
  const [rows, cols] = x!.shape as [number, number];
  const size = rows * cols;
  const dx = gpuOutput(backend, x!.shape, 'float32');
  const name = 'fakeQuantizeGradient';
  if (!isScaled(attrs.format)) {
    runProgram(backend, {
      name,
      wgsl: MASK_UNSCALED_WGSL,
      inputs: [dy!, x!],
      outputs: [dx],
      params: [u32(size), u32(insideBits(saturationOf(attrs, false)))],
      workgroups: threadGrid(size),
    });
    return [dx];
  }
  if (size === 0) return clip === undefined ? [dx] : [dx, zerosLike(backend, clip)];
  const { scales, layout, params } = runBlockScales(backend, x!, clip, attrs);
  const own = [...params, ...boundParams(attrs)];
  if (clip === undefined) {
    const workgroups = threadGrid(size);
    const inputs = [dy!, x!, scales];
    runProgram(backend, { name, wgsl: MASK_WGSL, inputs, outputs: [dx], params: own, workgroups });
    backend.disposeData(scales.dataId);
    return [dx];
  }
  const lines = (layout.blockCols === 1 ? layout.scaleRows : rows) * layout.scaleCols;
  const sums = gpuOutput(backend, [lines], 'int32');
  runProgram(backend, {
    name: 'fakeQuantizeLineSums',
    wgsl: lineSumsWgsl(attrs),
    inputs: [dy!, x!, scales],
    outputs: [dx, sums],
    params: own,
    workgroups: threadGrid(lines),
  });
  const dclip = gpuOutput(backend, clip.shape, 'float32');
  const clipCount = clip.shape[0]!;
  runProgram(backend, {
    name: 'fakeQuantizeClipGradient',
    wgsl: CLIP_GRADIENT_WGSL,
    inputs: [sums, clip],
    outputs: [dclip],
    params: [...own, u32(clipCount)],
    workgroups: threadGrid(clipCount),
  });
  for (const { dataId } of [scales, sums]) backend.disposeData(dataId);
  return [dx, dclip];
};

function zerosLike(backend: GpuBackend, { shape }: TensorInfo): TensorInfo {
  return backend.makeTensorInfo([...shape], 'float32', new Float32Array(shape[0]!));
}

function boundParams(attrs: FakeQuantizeAttrs): Param[] {
  return [false, true].flatMap((isNegative) => {
    const { bound, inclusive } = saturationOf(attrs, isNegative);
    return [u32(float32Bits(bound)), u32(inclusive ? 1 : 0)];
  });
}
