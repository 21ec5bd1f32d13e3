import type { TensorInfo } from '@tensorflow/tfjs-core';
import { cpuFloats, cpuOutput } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelInputs } from '@nibble-ml/tfjs-bridge';
import { appendF32, cachedAttentionF32 } from './f32-order.ts';
import type { CacheValues } from './f32-order.ts';
import type { CachedAttentionAttrs } from './kernel.ts';

export function cacheAppendCpu(
  inputs: KernelInputs,
  attrs: CachedAttentionAttrs,
  backend: CpuBackend,
): TensorInfo[] {
  appendF32(cpuFloats(backend, inputs['qkv']!), cacheOf(inputs, backend), attrs);
  return [];
}

export function cachedAttentionCpu(
  inputs: KernelInputs,
  attrs: CachedAttentionAttrs,
  backend: CpuBackend,
): TensorInfo {
  const qkv = inputs['qkv']!;
  const out = cachedAttentionF32(cpuFloats(backend, qkv), cacheOf(inputs, backend), attrs);
  return cpuOutput(backend, [qkv.shape[0]!, attrs.nHeads * attrs.headDim], out);
}

function cacheOf({ keys, values }: KernelInputs, backend: CpuBackend): CacheValues {
  return { keys: cpuFloats(backend, keys!), values: cpuFloats(backend, values!) };
}
