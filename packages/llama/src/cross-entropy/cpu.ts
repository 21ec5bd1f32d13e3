import type { TensorInfo } from '@tensorflow/tfjs-core';
import { cpuFloats, cpuInts, cpuOutput } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelInputs } from '@nibble-ml/tfjs-bridge';
import { checkIds } from '../kernel/check-ids.ts';
import { crossEntropyGradReference, crossEntropyReference } from './reference.ts';

export function crossEntropyCpu(
  { logits, targets }: KernelInputs,
  _attrs: object,
  backend: CpuBackend,
): TensorInfo[] {
  const [rows, vocabSize] = logits!.shape as [number, number];
  const ids = cpuInts(backend, targets!);
  checkIds('crossEntropy', 'targets', ids, vocabSize);
  const { meanLoss, loss, logSumExp } = crossEntropyReference(cpuFloats(backend, logits!), ids, vocabSize);
  return [
    cpuOutput(backend, [], Float32Array.of(meanLoss)),
    cpuOutput(backend, [rows], new Float32Array(loss)),
    cpuOutput(backend, [rows], new Float32Array(logSumExp)),
  ];
}

export function crossEntropyGradCpu(
  { dy, logits, targets, logSumExp }: KernelInputs,
  _attrs: object,
  backend: CpuBackend,
): TensorInfo {
  const dLogits = crossEntropyGradReference(
    cpuFloats(backend, dy!)[0]!,
    cpuFloats(backend, logits!),
    cpuInts(backend, targets!),
    cpuFloats(backend, logSumExp!),
    logits!.shape[1]!,
  );
  return cpuOutput(backend, logits!.shape, new Float32Array(dLogits));
}
