import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { heapFloats, heapInts, heapOffset, wasmOutput, withScratch } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { checkIds } from '../kernel/check-ids.ts';
import { llamaWasm } from '../kernel/llama-wasm.ts';
import type { CrossEntropyAttrs } from './kernel.ts';

export function crossEntropyWasm(
  { logits, targets }: KernelInputs,
  { gradient, meanOf }: CrossEntropyAttrs,
  backend: WasmBackend,
): TensorInfo[] {
  const [rows, vocabSize] = logits!.shape as [number, number];
  checkIds('crossEntropy', 'targets', heapInts(backend, targets!), vocabSize);
  const loss = wasmOutput(backend, [rows], 'float32');
  const dLogits = gradient ? wasmOutput(backend, logits!.shape, 'float32') : undefined;
  const [lossAt, logitsAt, targetsAt] = [loss, logits!, targets!].map((info) => heapOffset(backend, info));
  const dLogitsAt = dLogits === undefined ? 0 : heapOffset(backend, dLogits);
  withScratch(backend, 4 * vocabSize, (scratch) => {
    llamaWasm(backend).crossEntropy(
      lossAt!,
      dLogitsAt,
      scratch,
      logitsAt!,
      targetsAt!,
      rows,
      vocabSize,
      1 / meanOf,
    );
  });
  return dLogits === undefined ? [loss] : [loss, dLogits];
}

export function meanLossWasm({ loss }: KernelInputs, _attrs: object, backend: WasmBackend): TensorInfo {
  const mean = wasmOutput(backend, [], 'float32');
  heapFloats(backend, mean)[0] = llamaWasm(backend).meanLoss(heapOffset(backend, loss!), loss!.shape[0]!);
  return mean;
}
