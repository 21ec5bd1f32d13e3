import type { TensorInfo } from '@tensorflow/tfjs-core';
import { cpuFloats } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelInputs } from '@nibble-ml/tfjs-bridge';
import type { SpikeGuardAttrs } from './kernel.ts';
import { spikeGuardReference } from './reference.ts';

/** The guard on tfjs's cpu backend. */
export function spikeGuardOnCpu(
  inputs: KernelInputs,
  attrs: SpikeGuardAttrs,
  backend: CpuBackend,
): TensorInfo[] {
  const { norm, loss, clipFactor, history } = inputs;
  const lossValue = loss === undefined ? undefined : cpuFloats(backend, loss)[0]!;
  const isLeftOut = spikeGuardReference(
    cpuFloats(backend, history!),
    cpuFloats(backend, norm!)[0]!,
    lossValue,
    attrs,
  );
  if (isLeftOut) cpuFloats(backend, clipFactor!)[0] = 0;
  return [];
}
