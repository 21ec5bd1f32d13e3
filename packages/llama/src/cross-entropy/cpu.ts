import type { TensorInfo } from '@tensorflow/tfjs-core';
import { cpuFloats, cpuInts, cpuOutput } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelInputs } from '@nibble-ml/tfjs-bridge';
import { checkIds } from '../kernel/check-ids.ts';
import { shared } from '../kernel/shared.ts';
import { crossEntropyF32, meanLossF32 } from './f32-order.ts';
import type { CrossEntropyAttrs } from './kernel.ts';

export function crossEntropyCpu(
  { logits, targets, loss: lossBefore }: KernelInputs,
  { gradient, firstRow }: CrossEntropyAttrs,
  backend: CpuBackend,
): TensorInfo[] {
  const [rows, vocabSize] = logits!.shape as [number, number];
  const allRows = targets!.shape[0]!;
  const ids = cpuInts(backend, targets!).subarray(firstRow, firstRow + rows);
  checkIds('crossEntropy', 'targets', ids, vocabSize);
  const scale = Math.fround(1 / allRows);
  const { loss, dLogits } = crossEntropyF32(cpuFloats(backend, logits!), ids, vocabSize, scale);
  const all =
    lossBefore === undefined
      ? cpuOutput(backend, [allRows], new Float32Array(allRows))
      : shared(backend, lossBefore);
  cpuFloats(backend, all).set(loss, firstRow);
  return gradient ? [all, cpuOutput(backend, logits!.shape, dLogits)] : [all];
}

export function meanLossCpu({ loss }: KernelInputs, _attrs: object, backend: CpuBackend): TensorInfo {
  return cpuOutput(backend, [], Float32Array.of(meanLossF32(cpuFloats(backend, loss!))));
}
