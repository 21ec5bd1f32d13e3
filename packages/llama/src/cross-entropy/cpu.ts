import type { TensorInfo } from '@tensorflow/tfjs-core';
import { cpuFloats, cpuInts, cpuOutput } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelInputs } from '@nibble-ml/tfjs-bridge';
import { checkIds } from '../kernel/check-ids.ts';
import { crossEntropyF32, crossEntropyGradF32 } from './f32-order.ts';

export function crossEntropyCpu(
  { logits, targets }: KernelInputs,
  _attrs: object,
  backend: CpuBackend,
): TensorInfo[] {
  const [rows, vocabSize] = logits!.shape as [number, number];
  const ids = cpuInts(backend, targets!);
  checkIds('crossEntropy', 'targets', ids, vocabSize);
  const { meanLoss, loss, logSumExp } = crossEntropyF32(cpuFloats(backend, logits!), ids, vocabSize);
  return [
    cpuOutput(backend, [], Float32Array.of(meanLoss)),
    cpuOutput(backend, [rows], loss),
    cpuOutput(backend, [rows], logSumExp),
  ];
}

export function crossEntropyGradCpu(
  { dy, logits, targets, logSumExp }: KernelInputs,
  _attrs: object,
  backend: CpuBackend,
): TensorInfo {
  const dLogits = crossEntropyGradF32(
    cpuFloats(backend, dy!)[0]!,
    cpuFloats(backend, logits!),
    cpuInts(backend, targets!),
    cpuFloats(backend, logSumExp!),
    logits!.shape[1]!,
  );
  return cpuOutput(backend, logits!.shape, dLogits);
}
