import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { heapFloats, heapOffset, wasmOutput, withScratch } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { optimKernels } from '../wasm-module.ts';
import type { AccumulateFp8Attrs, AverageFp8Attrs } from './kernel.ts';
import { sumScales } from './reference.ts';

/** Bytes of scratch that the kernels take for the last elements. */
const scratchBytes = 16;

/** The accumulation on tfjs's wasm backend. */
export function accumulateFp8OnWasm(
  inputs: KernelInputs,
  { chunks, format, replace }: AccumulateFp8Attrs,
  backend: WasmBackend,
): TensorInfo[] {
  const kernels = optimKernels(backend);
  const accumulate = format === 'e4m3' ? kernels.accumulateE4m3 : kernels.accumulateE5m2;
  withScratch(backend, scratchBytes, (scratch) => {
    const bounds = heapFloats(backend, inputs['bounds']!);
    const codes = heapOffset(backend, inputs['codes']!);
    for (const [k, { tensor, start, count, offset }] of chunks.entries()) {
      const scales = sumScales(bounds, tensor, format);
      if (scales === undefined) continue;
      const x = heapOffset(backend, inputs[`x${k}`]!) + start * 4;
      const { before, inverse } = scales;
      accumulate(codes + offset * 4, x, count, before, inverse, Number(replace), scratch);
    }
  });
  return [];
}

/** The means on tfjs's wasm backend. */
export function averageFp8OnWasm(
  inputs: KernelInputs,
  { shapes, groups, format, factor }: AverageFp8Attrs,
  backend: WasmBackend,
): TensorInfo[] {
  const kernels = optimKernels(backend);
  const average = format === 'e4m3' ? kernels.averageE4m3 : kernels.averageE5m2;
  const means = shapes.map((shape) => wasmOutput(backend, shape, 'float32'));
  withScratch(backend, scratchBytes, (scratch) => {
    const bounds = heapFloats(backend, inputs['bounds']!);
    for (const [group, { chunks }] of groups.entries()) {
      const codes = heapOffset(backend, inputs[`codes${group}`]!);
      for (const { tensor, start, count, offset } of chunks) {
        const mean = means[tensor]!;
        const scales = sumScales(bounds, tensor, format);
        if (scales === undefined) heapFloats(backend, mean).fill(NaN, start, start + count);
        else {
          const to = heapOffset(backend, mean) + start * 4;
          average(to, codes + offset * 4, count, scales.after, factor, scratch);
        }
      }
    }
  });
  return means;
}
