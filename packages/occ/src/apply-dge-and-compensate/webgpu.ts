import { DGE_FIELDS, DGE_WGSL, dgeParams } from '@nibble-ml/dge/webgpu';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { DwEpilogue } from '../compensate-dw/dw-epilogue.ts';
import { dwVariant, runCompensateDw } from '../compensate-dw/run-compensate-dw.ts';
import type { DwTensors } from '../compensate-dw/run-compensate-dw.ts';
import type { DgeCompensateDwAttrs } from './kernel-name.ts';

/** dw = dw * f'(w / scale) + sum, the product rounded first. */
export function dgeEpilogue(w: TensorInfo, scales: TensorInfo, attrs: DgeCompensateDwAttrs): DwEpilogue {
  return {
    inputs: [
      { name: 'w', type: 'u32', tensor: w },
      { name: 'scales', type: 'u32', tensor: scales },
    ],
    fields: `perScale: u32, ${DGE_FIELDS}`,
    params: [u32(attrs.perScale), ...dgeParams(attrs)],
    functions: DGE_WGSL,
    statement: 'dw[at] = estimated(dw[at], w[at], scales[at / params.perScale]) + sum;',
  };
}

/** Runs the WGSL kernel. None of the sizes may be 0. */
export function dgeCompensateDwWebGpu(
  inputs: KernelInputs,
  attrs: DgeCompensateDwAttrs,
  backend: GpuBackend,
): TensorInfo[] {
  runCompensateDw(backend, inputs as unknown as DwTensors, {
    name: 'occDgeCompensateDw',
    epilogue: dgeEpilogue(inputs['w']!, inputs['scales']!, attrs),
    variant: dwVariant(backend.device),
  });
  return [];
}
