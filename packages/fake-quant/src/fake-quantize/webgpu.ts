import type { KernelFunction } from '@nibble-ml/tfjs-bridge';
import { gpuOutput, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { elementParams } from '../webgpu/element-wgsl.ts';
import { fakeQuantizeWgsl } from '../webgpu/fake-quantize-wgsl.ts';
import { threadGrid } from '../webgpu/grid.ts';
import { runBlockScales } from '../webgpu/run-block-scales.ts';
import { isScaled } from './element-formats.ts';
import type { FakeQuantizeAttrs } from './options.ts';

/**
 * `FakeQuantize` and `FakeQuantizeClipped` on the webgpu backend: the scales, then an element per thread, two dispatches (three
 * where the maximum of the tensor is needed, one without scales).
 */
export const fakeQuantizeWebGpu: KernelFunction<GpuBackend, FakeQuantizeAttrs> = (
  { x, clip },
  attrs,
  backend,
) => {
  const [rows, cols] = x!.shape as [number, number];
  const size = rows * cols;
  const y = gpuOutput(backend, x!.shape, 'float32');
  if (size === 0) return y;
  const common = { name: 'fakeQuantize', wgsl: fakeQuantizeWgsl(attrs), workgroups: threadGrid(size) };
  if (!isScaled(attrs.format)) {
    const params = [u32(size), ...elementParams(attrs)];
    runProgram(backend, { ...common, inputs: [x!], outputs: [y], params });
    return y;
  }
  const { scales, params } = runBlockScales(backend, x!, clip, attrs);
  runProgram(backend, { ...common, inputs: [x!, scales], outputs: [y], params });
  backend.disposeData(scales.dataId);
  return y;
};
