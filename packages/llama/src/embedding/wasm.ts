import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { heapInts, heapOffset, wasmOutput } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { checkIds } from '../kernel/check-ids.ts';
import { llamaWasm } from '../kernel/llama-wasm.ts';
import type { EmbeddingGradAttrs } from './kernel.ts';

export function embeddingWasm(
  { ids, table }: KernelInputs,
  _attrs: object,
  backend: WasmBackend,
): TensorInfo {
  const [vocabSize, width] = table!.shape as [number, number];
  const rows = ids!.shape[0]!;
  checkIds('embedding', 'ids', heapInts(backend, ids!), vocabSize);
  const out = wasmOutput(backend, [rows, width], 'float32');
  const [outAt, idsAt, tableAt] = [out, ids!, table!].map((info) => heapOffset(backend, info));
  llamaWasm(backend).embedding(outAt!, idsAt!, tableAt!, rows, width);
  return out;
}

export function embeddingGradWasm(
  { dy, ids }: KernelInputs,
  { vocabSize }: EmbeddingGradAttrs,
  backend: WasmBackend,
): TensorInfo {
  const [rows, width] = dy!.shape as [number, number];
  const dTable = wasmOutput(backend, [vocabSize, width], 'float32');
  const [dTableAt, dyAt, idsAt] = [dTable, dy!, ids!].map((info) => heapOffset(backend, info));
  llamaWasm(backend).embeddingGrad(dTableAt!, dyAt!, idsAt!, rows, vocabSize, width);
  return dTable;
}
