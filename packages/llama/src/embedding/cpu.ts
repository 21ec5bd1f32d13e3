import type { TensorInfo } from '@tensorflow/tfjs-core';
import { cpuFloats, cpuInts, cpuOutput } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelInputs } from '@nibble-ml/tfjs-bridge';
import { checkIds } from '../kernel/check-ids.ts';
import { embeddingGradF32 } from './f32-order.ts';
import type { EmbeddingGradAttrs } from './kernel.ts';
import { embeddingReference } from './reference.ts';

export function embeddingCpu({ ids, table }: KernelInputs, _attrs: object, backend: CpuBackend): TensorInfo {
  const idValues = cpuInts(backend, ids!);
  const [vocabSize, width] = table!.shape as [number, number];
  checkIds('embedding', 'ids', idValues, vocabSize);
  const out = embeddingReference(idValues, cpuFloats(backend, table!), width);
  return cpuOutput(backend, [idValues.length, width], new Float32Array(out));
}

export function embeddingGradCpu(
  { dy, ids }: KernelInputs,
  { vocabSize }: EmbeddingGradAttrs,
  backend: CpuBackend,
): TensorInfo {
  const width = dy!.shape[1]!;
  const dTable = embeddingGradF32(cpuFloats(backend, dy!), cpuInts(backend, ids!), vocabSize, width);
  return cpuOutput(backend, [vocabSize, width], dTable);
}
