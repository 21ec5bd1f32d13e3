import type { TensorInfo } from '@tensorflow/tfjs-core';
import { cpuFloats, cpuOutput } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelInputs } from '@nibble-ml/tfjs-bridge';
import type { AttentionAttrs } from './kernel.ts';
import { attentionGradReference, attentionReference } from './reference.ts';

export function causalAttentionCpu(
  { qkv }: KernelInputs,
  attrs: AttentionAttrs,
  backend: CpuBackend,
): TensorInfo[] {
  const { out, logSumExp } = attentionReference(cpuFloats(backend, qkv!), attrs);
  const rows = qkv!.shape[0]!;
  return [
    cpuOutput(backend, [rows, attrs.nHeads * attrs.headDim], new Float32Array(out)),
    cpuOutput(backend, [rows, attrs.nHeads], new Float32Array(logSumExp)),
  ];
}

export function causalAttentionGradCpu(
  { dy, qkv, out, logSumExp }: KernelInputs,
  attrs: AttentionAttrs,
  backend: CpuBackend,
): TensorInfo {
  const [dyValues, qkvValues, outValues, logSumExpValues] = [dy!, qkv!, out!, logSumExp!].map((info) =>
    cpuFloats(backend, info),
  );
  const dqkv = attentionGradReference(dyValues!, qkvValues!, outValues!, logSumExpValues!, attrs);
  return cpuOutput(backend, qkv!.shape, new Float32Array(dqkv));
}
