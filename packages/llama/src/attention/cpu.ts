import type { TensorInfo } from '@tensorflow/tfjs-core';
import { cpuFloats, cpuOutput } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelInputs } from '@nibble-ml/tfjs-bridge';
import { ropeF32 } from '../rope/f32-order.ts';
import { attentionF32, attentionGradF32 } from './f32-order.ts';
import type { AttentionAttrs, AttentionGradAttrs } from './kernel.ts';
import { rotationBack } from './rotation-back.ts';

export function causalAttentionCpu(
  { qkv }: KernelInputs,
  attrs: AttentionAttrs,
  backend: CpuBackend,
): TensorInfo[] {
  const { out, logSumExp } = attentionF32(cpuFloats(backend, qkv!), attrs);
  const rows = qkv!.shape[0]!;
  return [
    cpuOutput(backend, [rows, attrs.nHeads * attrs.headDim], out),
    cpuOutput(backend, [rows, attrs.nHeads], logSumExp),
  ];
}

export function causalAttentionGradCpu(
  { dy, qkv, out, logSumExp }: KernelInputs,
  { angles, ...attrs }: AttentionGradAttrs,
  backend: CpuBackend,
): TensorInfo {
  const [dyValues, qkvValues, outValues, logSumExpValues] = [dy!, qkv!, out!, logSumExp!].map((info) =>
    cpuFloats(backend, info),
  );
  const dqkv = attentionGradF32(dyValues!, qkvValues!, outValues!, logSumExpValues!, attrs);
  if (angles === undefined) return cpuOutput(backend, qkv!.shape, dqkv);
  return cpuOutput(backend, qkv!.shape, ropeF32(dqkv, qkv!.shape[1]!, rotationBack(attrs, angles)));
}
