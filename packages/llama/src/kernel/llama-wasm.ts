import { wasmKernels } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { wasmBinary } from '../wasm-binary.generated.ts';

/** The functions of this package's WebAssembly module; see `assembly/`. Tensors are byte offsets. */
export interface LlamaWasm {
  rmsNorm(
    y: number,
    inverseRms: number,
    x: number,
    gain: number,
    rows: number,
    width: number,
    eps: number,
  ): void;
  residualRmsNorm(
    sum: number,
    y: number,
    inverseRms: number,
    x: number,
    delta: number,
    gain: number,
    rows: number,
    width: number,
    eps: number,
  ): void;
  rmsNormGrad(
    dx: number,
    dgain: number,
    partial: number,
    dy: number,
    dSum: number,
    x: number,
    gain: number,
    inverseRms: number,
    rows: number,
    width: number,
    chunk: number,
  ): void;
  rope(
    out: number,
    qkv: number,
    table: number,
    rows: number,
    width: number,
    heads: number,
    headDim: number,
    context: number,
    offset: number,
    direction: number,
  ): void;
  attentionScratchBytes(context: number, headDim: number): number;
  attentionGradScratchBytes(context: number, headDim: number): number;
  causalAttention(
    out: number,
    logSumExp: number,
    scratch: number,
    qkv: number,
    batch: number,
    context: number,
    nHeads: number,
    nKvHeads: number,
    headDim: number,
    scale: number,
  ): void;
  causalAttentionGrad(
    dqkv: number,
    scratch: number,
    dy: number,
    qkv: number,
    out: number,
    logSumExp: number,
    batch: number,
    context: number,
    nHeads: number,
    nKvHeads: number,
    headDim: number,
    scale: number,
  ): void;
  cacheAppend(
    keys: number,
    values: number,
    qkv: number,
    rows: number,
    capacity: number,
    offset: number,
    nHeads: number,
    nKvHeads: number,
    headDim: number,
  ): void;
  cachedAttention(
    out: number,
    scores: number,
    qkv: number,
    keys: number,
    values: number,
    rows: number,
    capacity: number,
    offset: number,
    nHeads: number,
    nKvHeads: number,
    headDim: number,
    scale: number,
  ): void;
  swiglu(out: number, gateUp: number, rows: number, ffnDim: number): void;
  swigluGrad(dGateUp: number, dy: number, gateUp: number, rows: number, ffnDim: number): void;
  embedding(out: number, ids: number, table: number, rows: number, width: number): void;
  embeddingGrad(
    dTable: number,
    dy: number,
    ids: number,
    rows: number,
    vocabSize: number,
    width: number,
  ): void;
  crossEntropy(
    loss: number,
    dLogits: number,
    scratch: number,
    logits: number,
    targets: number,
    rows: number,
    vocabSize: number,
    scale: number,
  ): void;
  meanLoss(loss: number, rows: number): number;
  /** exp and log of `count` values, a multiple of 4, for the test of their bits. */
  expValues(out: number, x: number, count: number): void;
  logValues(out: number, x: number, count: number): void;
}

/** This package's WebAssembly functions, working in the memory of `backend`. */
export function llamaWasm(backend: WasmBackend): LlamaWasm {
  return wasmKernels<LlamaWasm>(backend, wasmBinary);
}
