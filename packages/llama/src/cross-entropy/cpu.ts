import type { TensorInfo } from '@tensorflow/tfjs-core';
import { cpuFloats, cpuInts, cpuOutput } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelInputs } from '@nibble-ml/tfjs-bridge';
import { checkIds } from '../kernel/check-ids.ts';
import { crossEntropyF32, meanLossF32 } from './f32-order.ts';
import type { CrossEntropyAttrs } from './kernel.ts';

export function crossEntropyCpu(
  { logits, targets }: KernelInputs,
  { gradient, meanOf }: CrossEntropyAttrs,
  backend: CpuBackend,
): TensorInfo[] {
  const [rows, vocabSize] = logits!.shape as [number, number];
  const ids = cpuInts(backend, targets!);
  checkIds('crossEntropy', 'targets', ids, vocabSize);
  const scale = Math.fround(1 / meanOf);
  const { loss, dLogits } = crossEntropyF32(cpuFloats(backend, logits!), ids, vocabSize, scale);
  const made = cpuOutput(backend, [rows], loss);
  return gradient ? [made, cpuOutput(backend, logits!.shape, dLogits)] : [made];
}

export function meanLossCpu({ loss }: KernelInputs, _attrs: object, backend: CpuBackend): TensorInfo {
  return cpuOutput(backend, [], Float32Array.of(meanLossF32(cpuFloats(backend, loss!))));
}
