import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { heapOffset, wasmOutput, withScratch } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { llamaWasm } from '../kernel/llama-wasm.ts';
import { rotateOnWasm } from '../rope/wasm.ts';
import type { AttentionAttrs, AttentionGradAttrs } from './kernel.ts';
import { rotationBack } from './rotation-back.ts';

export function causalAttentionWasm(
  { qkv }: KernelInputs,
  { batch, context, nHeads, nKvHeads, headDim }: AttentionAttrs,
  backend: WasmBackend,
): TensorInfo[] {
  const wasm = llamaWasm(backend);
  const out = wasmOutput(backend, [batch * context, nHeads * headDim], 'float32');
  const logSumExp = wasmOutput(backend, [batch * context, nHeads], 'float32');
  const offsets = [out, logSumExp, qkv!].map((info) => heapOffset(backend, info));
  const [outAt, logSumExpAt, qkvAt] = offsets as [number, number, number];
  const scale = 1 / Math.sqrt(headDim);
  withScratch(backend, wasm.attentionScratchBytes(context, headDim), (scratch) => {
    wasm.causalAttention(
      outAt,
      logSumExpAt,
      scratch,
      qkvAt,
      batch,
      context,
      nHeads,
      nKvHeads,
      headDim,
      scale,
    );
  });
  return [out, logSumExp];
}

export function causalAttentionGradWasm(
  { dy, qkv, out, logSumExp }: KernelInputs,
  { angles, ...attrs }: AttentionGradAttrs,
  backend: WasmBackend,
): TensorInfo {
  const { batch, context, nHeads, nKvHeads, headDim } = attrs;
  const wasm = llamaWasm(backend);
  const dqkv = wasmOutput(backend, qkv!.shape, 'float32');
  const offsets = [dqkv, dy!, qkv!, out!, logSumExp!].map((info) => heapOffset(backend, info));
  const [dqkvAt, dyAt, qkvAt, outAt, logSumExpAt] = offsets as [number, number, number, number, number];
  const scale = 1 / Math.sqrt(headDim);
  withScratch(backend, wasm.attentionGradScratchBytes(context, headDim), (scratch) => {
    wasm.causalAttentionGrad(
      dqkvAt,
      scratch,
      dyAt,
      qkvAt,
      outAt,
      logSumExpAt,
      batch,
      context,
      nHeads,
      nKvHeads,
      headDim,
      scale,
    );
  });
  if (angles !== undefined) rotateOnWasm(dqkv, dqkv, rotationBack(attrs, angles), backend);
  return dqkv;
}
