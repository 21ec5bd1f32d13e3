import type { ScaleKind } from '@nibble-ml/fp4-format';
import { GRID_WIDTH } from '../wgsl-grid.ts';
import { ENCODE_NEAREST_WGSL, ENCODE_STOCHASTIC_WGSL } from './encode-wgsl.ts';
import type { Fp4QuantizeAttrs } from './options.ts';
import type { QuantizeLayout } from './quantize-layout.ts';
import { scaleWgsl } from './scale-wgsl.ts';

/** Threads of a workgroup. */
const THREADS = 64;
/** Partial maxima of a tensor, as many as a workgroup has threads, which reduce them. */
export const PARTIALS: number = THREADS;

/** Blocks of a workgroup: a multiple of 4, so that no two share a word of scale codes; about a word for each thread. */
export function groupBlocks(blockCols: number): number {
  return 4 * Math.max(1, Math.floor(THREADS / (4 * Math.ceil(blockCols / 8))));
}

/** 64 partial maxima, each over a stride of the whole tensor. */
export const TENSOR_AMAX_WGSL: string = `
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> partials: array<u32>;
struct Params { size: u32 }
@group(0) @binding(2) var<uniform> params: Params;
var<workgroup> amax: atomic<u32>;
@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  var largest = 0u;
  for (var i = id.x; i < params.size; i += ${PARTIALS * 256}u) { largest = max(largest, x[i] & 0x7fffffffu); }
  atomicMax(&amax, largest);
  workgroupBarrier();
  if (lane == 0u) { partials[group.x] = atomicLoad(&amax); }
}`;

// One workgroup per row: amax, scale and codes in one pass over memory (the second reading hits the cache).
const VECTOR_MAIN = `
var<workgroup> amax: atomic<u32>;
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = group.y * ${GRID_WIDTH}u + group.x;
  if (row >= params.rows) { return; }
  let first = row * params.cols;
  let end = first + params.cols;
  var largest = 0u;
  for (var i = first + lane; i < end; i += ${THREADS}u) { largest = max(largest, x[i] & MAGNITUDE); }
  // On integers the order of an atomic maximum does not matter.
  atomicMax(&amax, largest);
  let tensorScale = tensorScaleOf(lane);
  workgroupBarrier();
  let rowAmax = atomicLoad(&amax);
  let scale = scaleBits(storedScale(rowAmax, tensorScale), tensorScale);
  if (lane == 0u) { scales[row] = scale; }
  let encoder = encoderFor(select(scale, 0u, isDead(rowAmax, tensorScale)));
  let words = (params.cols + 7u) / 8u;
  for (var word = lane; word < words; word += ${THREADS}u) {
    codes[row * words + word] = encodeWord(first + 8u * word, end, encoder);
  }
}`;

// One word per thread; every workgroup reduces the partial maxima for itself.
const TENSOR_MAIN = `
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let amax = amaxOf(lane);
  let tensorScale = tensorScaleFor(amax);
  let scale = scaleBits(storedScale(amax, tensorScale), tensorScale);
  let word = (group.y * ${GRID_WIDTH}u + group.x) * ${THREADS}u + lane;
  if (word == 0u) { scales[0] = scale; }
  let words = (params.cols + 7u) / 8u;
  if (word >= params.rows * words) { return; }
  let row = word / words;
  let end = (row + 1u) * params.cols;
  let encoder = encoderFor(select(scale, 0u, isDead(amax, tensorScale)));
  codes[word] = encodeWord(row * params.cols + 8u * (word % words), end, encoder);
}`;

// One workgroup for some blocks of a row; a thread takes a word at a time.
const BLOCK_MAIN = `
var<workgroup> amax: array<atomic<u32>, ${THREADS}>;
var<workgroup> stored: array<u32, ${THREADS}>;
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let rowGroups = (params.rowScales + params.groupBlocks - 1u) / params.groupBlocks;
  let index = group.y * ${GRID_WIDTH}u + group.x;
  let row = index / rowGroups;
  if (row >= params.rows) { return; }
  let firstBlock = (index % rowGroups) * params.groupBlocks;
  let blocks = min(params.groupBlocks, params.rowScales - firstBlock);
  let blockWords = params.blockCols / 8u;
  let words = (params.cols + 7u) / 8u;
  let firstWord = firstBlock * blockWords;
  let endWord = min(firstWord + blocks * blockWords, words);
  let start = row * params.cols;
  let end = start + params.cols;
  for (var word = firstWord + lane; word < endWord; word += ${THREADS}u) {
    var largest = 0u;
    let first = start + 8u * word;
    for (var i = first; i < min(first + 8u, end); i++) { largest = max(largest, x[i] & MAGNITUDE); }
    atomicMax(&amax[(word - firstWord) / blockWords], largest);
  }
  let tensorScale = tensorScaleOf(lane);
  workgroupBarrier();
  if (lane < blocks) { stored[lane] = storedScale(atomicLoad(&amax[lane]), tensorScale); }
  workgroupBarrier();
  storeScales(row, firstBlock, blocks, lane);
  if (index == 0u && lane == 0u) { storeTensorScale(tensorScale); }
  for (var word = firstWord + lane; word < endWord; word += ${THREADS}u) {
    let block = (word - firstWord) / blockWords;
    let isZero = isDead(atomicLoad(&amax[block]), tensorScale);
    let encoder = encoderFor(select(scaleBits(stored[block], tensorScale), 0u, isZero));
    codes[row * words + word] = encodeWord(start + 8u * word, end, encoder);
  }
}`;

const STORE_FLOATS = `
fn storeScales(row: u32, firstBlock: u32, blocks: u32, lane: u32) {
  if (lane < blocks) { scales[row * params.rowScales + firstBlock + lane] = stored[lane]; }
}`;

const STORE_BYTES = `
fn storeScales(row: u32, firstBlock: u32, blocks: u32, lane: u32) {
  if (4u * lane >= blocks) { return; }
  var packed = 0u;
  for (var block = 4u * lane; block < min(4u * lane + 4u, blocks); block++) {
    packed |= stored[block] << (8u * (block & 3u));
  }
  scales[row * ((params.rowScales + 3u) / 4u) + firstBlock / 4u + lane] = packed;
}`;

// Every lane must call these: they hold a barrier.
const REDUCE_PARTIALS = `
var<workgroup> wholeAmax: atomic<u32>;
fn amaxOf(lane: u32) -> u32 {
  atomicMax(&wholeAmax, partials[lane]);
  workgroupBarrier();
  return atomicLoad(&wholeAmax);
}`;

/** The shader of `Fp4Quantize`. With the scope 'tensor' or the scale 'e4m3' it reads partial maxima of the tensor. */
export function quantizeWgsl(
  scope: QuantizeLayout['scope'],
  format: QuantizeLayout['format'],
  kind: ScaleKind,
  rounding: Fp4QuantizeAttrs['rounding'],
): string {
  const readsPartials = scope === 'tensor' || kind === 'e4m3';
  const storage = [
    'var<storage, read> x: array<u32>;',
    ...(readsPartials ? ['var<storage, read> partials: array<u32>;'] : []),
    'var<storage, read_write> codes: array<u32>;',
    'var<storage, read_write> scales: array<u32>;',
    ...(format === 'e4m3' ? ['var<storage, read_write> tensorScale0: array<u32>;'] : []),
    'var<uniform> params: Params;',
  ];
  const main = { vector: VECTOR_MAIN, tensor: TENSOR_MAIN, block: BLOCK_MAIN }[scope];
  return [
    'struct Params { rows: u32, cols: u32, counter: u32, blockCols: u32, rowScales: u32, groupBlocks: u32 }',
    ...storage.map((line, binding) => `@group(0) @binding(${binding}) ${line}`),
    scaleWgsl(kind),
    rounding === 'stochastic' ? ENCODE_STOCHASTIC_WGSL : ENCODE_NEAREST_WGSL,
    readsPartials ? REDUCE_PARTIALS : '',
    kind === 'e4m3'
      ? 'fn tensorScaleOf(lane: u32) -> u32 { return tensorScaleFor(amaxOf(lane)); }'
      : 'fn tensorScaleOf(lane: u32) -> u32 { return 0u; }',
    scope === 'block' ? (format === 'f32' ? STORE_FLOATS : STORE_BYTES) : '',
    format === 'e4m3'
      ? 'fn storeTensorScale(bits: u32) { tensorScale0[0] = bits; }'
      : 'fn storeTensorScale(bits: u32) {}',
    main,
  ].join('\n');
}
