import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { heapFloats, heapInts, heapOffset, wasmOutput } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { checkIds } from '../kernel/check-ids.ts';
import { llamaWasm } from '../kernel/llama-wasm.ts';

export function crossEntropyWasm(
  { logits, targets }: KernelInputs,
  _attrs: object,
  backend: WasmBackend,
): TensorInfo[] {
  const [rows, vocabSize] = logits!.shape as [number, number];
  checkIds('crossEntropy', 'targets', heapInts(backend, targets!), vocabSize);
  const meanLoss = wasmOutput(backend, [], 'float32');
  const loss = wasmOutput(backend, [rows], 'float32');
  const logSumExp = wasmOutput(backend, [rows], 'float32');
  const offsets = [loss, logSumExp, logits!, targets!].map((info) => heapOffset(backend, info));
  const [lossAt, logSumExpAt, logitsAt, targetsAt] = offsets as [number, number, number, number];
  const mean = llamaWasm(backend).crossEntropy(lossAt, logSumExpAt, logitsAt, targetsAt, rows, vocabSize);
  heapFloats(backend, meanLoss)[0] = mean;
  return [meanLoss, loss, logSumExp];
}

export function crossEntropyGradWasm(
  { dy, logits, targets, logSumExp }: KernelInputs,
  _attrs: object,
  backend: WasmBackend,
): TensorInfo {
  const [rows, vocabSize] = logits!.shape as [number, number];
  const dLogits = wasmOutput(backend, logits!.shape, 'float32');
  const offsets = [dLogits, dy!, logits!, targets!, logSumExp!].map((info) => heapOffset(backend, info));
  const [dLogitsAt, dyAt, logitsAt, targetsAt, logSumExpAt] = offsets as [
    number,
    number,
    number,
    number,
    number,
  ];
  llamaWasm(backend).crossEntropyGrad(dLogitsAt, dyAt, logitsAt, targetsAt, logSumExpAt, rows, vocabSize);
  return dLogits;
}
