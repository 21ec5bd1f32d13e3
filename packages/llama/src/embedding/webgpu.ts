import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '@nibble-ml/tfjs-bridge';
import { runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { gpuResult, gpuZeros } from '../kernel/gpu-result.ts';
import { withGpuScratch } from '../kernel/gpu-scratch.ts';
import { ROW_THREAD_MAIN, rowThreadGrid, THREAD_MAIN, threadGrid } from '../kernel/wgsl.ts';
import type { EmbeddingGradAttrs } from './kernel.ts';

// Copies bits. An id out of range gives NaN, so that it shows in the loss.
const EMBEDDING_WGSL = `
@group(0) @binding(0) var<storage, read> ids: array<i32>;
@group(0) @binding(1) var<storage, read> table: array<u32>;
@group(0) @binding(2) var<storage, read_write> rows: array<u32>;
struct Params { count: u32, width: u32, vocabSize: u32 }
@group(0) @binding(3) var<uniform> params: Params;
${ROW_THREAD_MAIN}
  if (row >= params.count || item >= params.width) { return; }
  let id = u32(ids[row]);
  var bits = 0x7fc00000u;
  if (id < params.vocabSize) { bits = table[id * params.width + item]; }
  rows[row * params.width + item] = bits;
}`;

// The positions of each id as a linked list in ascending order: first[v], then next[m] until -1. What is left in
// first[v] of an id that does not occur may be anything.
const LINK_WGSL = `
@group(0) @binding(0) var<storage, read> ids: array<i32>;
@group(0) @binding(1) var<storage, read_write> first: array<i32>;
@group(0) @binding(2) var<storage, read_write> next: array<i32>;
struct Params { count: u32, vocabSize: u32 }
@group(0) @binding(3) var<uniform> params: Params;
${THREAD_MAIN}
  if (index >= params.count) { return; }
  let id = ids[index];
  var later = index + 1u;
  while (later < params.count) {
    if (ids[later] == id) { break; }
    later++;
  }
  next[index] = select(-1, i32(later), later < params.count);
  var earlier = index;
  while (earlier > 0u) {
    if (ids[earlier - 1u] == id) { break; }
    earlier--;
  }
  if (earlier == 0u && u32(id) < params.vocabSize) { first[id] = i32(index); }
}`;

const SUM_WGSL = `
@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> ids: array<i32>;
@group(0) @binding(2) var<storage, read> first: array<i32>;
@group(0) @binding(3) var<storage, read> next: array<i32>;
@group(0) @binding(4) var<storage, read_write> dTable: array<f32>;
struct Params { count: u32, vocabSize: u32, width: u32 }
@group(0) @binding(5) var<uniform> params: Params;
${ROW_THREAD_MAIN}
  if (row >= params.vocabSize || item >= params.width) { return; }
  var sum = 0.0;
  var m = first[row];
  // Where that position has the id, the id occurs, and first[v] was written.
  if (u32(m) >= params.count || ids[m] != i32(row)) { m = -1; }
  for (; m >= 0; m = next[m]) { sum += dy[u32(m) * params.width + item]; }
  dTable[row * params.width + item] = sum;
}`;

export function embeddingWebGpu(
  { ids, table }: KernelInputs,
  _attrs: object,
  backend: GpuBackend,
): TensorInfo {
  const [vocabSize, width] = table!.shape as [number, number];
  const count = ids!.shape[0]!;
  const rows = gpuResult(backend, [count, width]);
  runProgram(backend, {
    name: 'embedding',
    wgsl: EMBEDDING_WGSL,
    inputs: [ids!, table!],
    outputs: [rows],
    params: [u32(count), u32(width), u32(vocabSize)],
    workgroups: rowThreadGrid(count, width),
  });
  return rows;
}

export function embeddingGradWebGpu(
  { dy, ids }: KernelInputs,
  { vocabSize }: EmbeddingGradAttrs,
  backend: GpuBackend,
): TensorInfo {
  const [count, width] = dy!.shape as [number, number];
  if (count === 0) return gpuZeros(backend, [vocabSize, width]);
  const dTable = gpuResult(backend, [vocabSize, width]);
  withGpuScratch(backend, [vocabSize], 'int32', (first) =>
    withGpuScratch(backend, [count], 'int32', (next) => {
      runProgram(backend, {
        name: 'embeddingGradLink',
        wgsl: LINK_WGSL,
        inputs: [ids!],
        outputs: [first, next],
        params: [u32(count), u32(vocabSize)],
        workgroups: threadGrid(count),
      });
      runProgram(backend, {
        name: 'embeddingGradSum',
        wgsl: SUM_WGSL,
        inputs: [dy!, ids!, first, next],
        outputs: [dTable],
        params: [u32(count), u32(vocabSize), u32(width)],
        workgroups: rowThreadGrid(vocabSize, width),
      });
    }),
  );
  return dTable;
}
