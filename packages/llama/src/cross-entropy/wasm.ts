import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { heapFloats, heapInts, heapOffset, wasmOutput, withScratch } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { checkIds } from '../kernel/check-ids.ts';
import { llamaWasm } from '../kernel/llama-wasm.ts';
import { shared } from '../kernel/shared.ts';
import type { CrossEntropyAttrs } from './kernel.ts';

export function crossEntropyWasm(
  { logits, targets, loss: lossBefore }: KernelInputs,
  { gradient, firstRow }: CrossEntropyAttrs,
  backend: WasmBackend,
): TensorInfo[] {
  const [rows, vocabSize] = logits!.shape as [number, number];
  const allRows = targets!.shape[0]!;
  const ids = heapInts(backend, targets!).subarray(firstRow, firstRow + rows);
  checkIds('crossEntropy', 'targets', ids, vocabSize);
  const loss =
    lossBefore === undefined ? wasmOutput(backend, [allRows], 'float32') : shared(backend, lossBefore);
  const dLogits = gradient ? wasmOutput(backend, logits!.shape, 'float32') : undefined;
  const [lossAt, logitsAt, targetsAt] = [loss, logits!, targets!].map((info) => heapOffset(backend, info));
  const dLogitsAt = dLogits === undefined ? 0 : heapOffset(backend, dLogits);
  withScratch(backend, 4 * vocabSize, (scratch) => {
    llamaWasm(backend).crossEntropy(
      lossAt! + 4 * firstRow,
      dLogitsAt,
      scratch,
      logitsAt!,
      targetsAt! + 4 * firstRow,
      rows,
      vocabSize,
      1 / allRows,
    );
  });
  return dLogits === undefined ? [loss] : [loss, dLogits];
}

export function meanLossWasm({ loss }: KernelInputs, _attrs: object, backend: WasmBackend): TensorInfo {
  const mean = wasmOutput(backend, [], 'float32');
  heapFloats(backend, mean)[0] = llamaWasm(backend).meanLoss(heapOffset(backend, loss!), loss!.shape[0]!);
  return mean;
}
