import { counterBits } from '@nibble-ml/fp4-format';
import { engine } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelFunction } from '@nibble-ml/tfjs-bridge';
import { gpuOutput, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { linearGrid } from '../wgsl-grid.ts';
import type { Fp4QuantizeAttrs } from './options.ts';
import { quantizeLayout } from './quantize-layout.ts';
import { groupBlocks, PARTIALS, quantizeWgsl, TENSOR_AMAX_WGSL } from './quantize-wgsl.ts';
import { quantizeReference } from './reference.ts';
import { storedArrays } from './stored-arrays.ts';

const shaders = new Map<string, string>();

/** `Fp4Quantize` on the webgpu backend: one dispatch, or two where the maximum of the tensor is needed first. */
export const fp4QuantizeWebGpu: KernelFunction<GpuBackend, Fp4QuantizeAttrs> = ({ x }, attrs, backend) => {
  const [rows, cols] = x!.shape as [number, number];
  const layout = quantizeLayout(rows, cols, attrs);
  const { scope, blockCols, rowScales, format, scaleCount } = layout;
  const words = Math.ceil(cols / 8);
  if (rows * cols === 0) return emptyOutputs(backend, rows, cols, attrs);
  const outputs = [
    gpuOutput(backend, [rows, words], 'int32'),
    gpuOutput(backend, [scaleCount], format === 'f32' ? 'float32' : 'int32'),
  ];
  if (format === 'e4m3') outputs.push(gpuOutput(backend, [1], 'float32'));
  const partials = scope === 'tensor' || attrs.scale === 'e4m3' ? partialMaxima(backend, x!) : undefined;
  const blocks = groupBlocks(blockCols);
  const workgroups = {
    vector: rows,
    tensor: Math.ceil((rows * words) / PARTIALS),
    block: rows * Math.ceil(rowScales / blocks),
  }[scope];
  const key = `${scope} ${format} ${attrs.scale} ${attrs.rounding}`;
  let wgsl = shaders.get(key);
  if (wgsl === undefined) {
    shaders.set(key, (wgsl = quantizeWgsl(scope, format, attrs.scale, attrs.rounding)));
  }
  runProgram(backend, {
    name: `Fp4Quantize ${key}`,
    wgsl,
    inputs: partials === undefined ? [x!] : [x!, partials],
    outputs,
    // The hash of the seed, which counters are added to, is counterBits(0, seed): that of 0 is 0.
    params: [rows, cols, counterBits(0, attrs.seed), blockCols, rowScales, blocks].map(u32),
    workgroups: linearGrid(workgroups),
  });
  if (partials !== undefined) engine().makeTensorFromTensorInfo(partials).dispose();
  return outputs;
};

function partialMaxima(backend: GpuBackend, x: TensorInfo): TensorInfo {
  const partials = gpuOutput(backend, [PARTIALS], 'int32');
  runProgram(backend, {
    name: 'Fp4Quantize tensor amax',
    wgsl: TENSOR_AMAX_WGSL,
    inputs: [x],
    outputs: [partials],
    params: [u32(x.shape[0]! * x.shape[1]!)],
    workgroups: [PARTIALS],
  });
  return partials;
}

/** WebGPU binds no empty buffers: without elements the reference knows the codes and scales. */
function emptyOutputs(
  backend: GpuBackend,
  rows: number,
  cols: number,
  attrs: Fp4QuantizeAttrs,
): TensorInfo[] {
  const arrays = quantizeReference(new Float32Array(0), rows, cols, attrs.granularity, attrs);
  const { words, scales, tensorScale } = storedArrays(arrays, rows, quantizeLayout(rows, cols, attrs));
  const outputs = [
    backend.makeTensorInfo([rows, Math.ceil(cols / 8)], 'int32', words),
    backend.makeTensorInfo([scales.length], scales instanceof Int32Array ? 'int32' : 'float32', scales),
  ];
  if (tensorScale !== undefined) outputs.push(backend.makeTensorInfo([1], 'float32', tensorScale));
  return outputs;
}
