import type { BlockLayout } from '../fake-quantize/block-layout.ts';
import type { FakeQuantizeAttrs } from '../fake-quantize/options.ts';
import { ELEMENT_PARAMS_WGSL } from './element-wgsl.ts';
import { INDEX_WGSL, THREADS } from './grid.ts';
import { QUEST_SQUARE_WGSL, SCALE_PARAMS_WGSL, SCALE_WGSL } from './scale-wgsl.ts';
import { SOFT_FLOAT_WGSL } from './soft-float-wgsl.ts';

/** Partial maxima of a tensor, as many as a workgroup has threads. */
export const PARTIALS: number = THREADS;

/** 64 partial maxima, each over a stride of the whole tensor. */
export const PARTIALS_WGSL: string = `
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> partials: array<u32>;
struct Params { size: u32 }
@group(0) @binding(2) var<uniform> params: Params;
var<workgroup> amax: atomic<u32>;
@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  var largest = 0u;
  for (var i = id.x; i < params.size; i += ${PARTIALS * 256}u) { largest = max(largest, x[i] & 0x7fffffffu); }
  // On integers the order of an atomic maximum does not matter.
  atomicMax(&amax, largest);
  workgroupBarrier();
  if (lane == 0u) { partials[group.x] = atomicLoad(&amax); }
}`;

/** Where blocks lie: the members of `params` that every shader over blocks begins with. */
export const BLOCK_PARAMS_WGSL: string = `
  rows: u32, cols: u32, blockRows: u32, blockCols: u32, scaleRows: u32, scaleCols: u32,
  hasClip: u32, clipAcross: u32, clipDown: u32, readsPartials: u32, zero: u32,
  ${ELEMENT_PARAMS_WGSL} ${SCALE_PARAMS_WGSL}`;

/** What the maxima of blocks are found by. */
export type ScalesMapping = 'partials' | 'threads' | 'groups';

/** One maximum for all comes from the partial ones; wide blocks get a workgroup each, all others a thread. */
export function scalesMapping(attrs: FakeQuantizeAttrs, layout: BlockLayout): ScalesMapping {
  const isWide = layout.blockCols >= THREADS && layout.blockRows * layout.blockCols >= 2 * THREADS;
  // A sum of squares goes line by line: one line is no work for a workgroup.
  if (attrs.scale === 'quest') return isWide && layout.blockRows > 1 ? 'groups' : 'threads';
  if (attrs.granularity === 'tensor') return 'partials';
  return isWide ? 'groups' : 'threads';
}

/**
 * Writes the scale of each block, as bits, and its reciprocal. Reads the maxima of the parts of the tensor if
 * `params.readsPartials`, and clip factors if `params.hasClip`; else any tensors may be in their places.
 */
export function blockScalesWgsl(mapping: ScalesMapping, isQuest: boolean): string {
  return `${SOFT_FLOAT_WGSL}
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> partials: array<u32>;
@group(0) @binding(2) var<storage, read> clip: array<u32>;
@group(0) @binding(3) var<storage, read_write> scales: array<u32>;
struct Params { ${BLOCK_PARAMS_WGSL} }
@group(0) @binding(4) var<uniform> params: Params;
${SCALE_WGSL}
${isQuest ? QUEST_SQUARE_WGSL + LINE_SUM_WGSL : ''}
${TENSOR_AMAX_WGSL}

fn storeScale(block: u32, amax: u32, tensorAmax: u32, squares: f32, count: u32) {
  let blockRow = block / params.scaleCols;
  let blockCol = block - blockRow * params.scaleCols;
  var factor = 0x3f800000u;
  if (params.hasClip != 0u) { factor = clip[blockRow * params.clipDown + blockCol * params.clipAcross]; }
  let scale = scaleOf(amax, factor, tensorAmax, bitcast<u32>(squares), count);
  scales[2u * block] = scale;
  var inverse = 0u;
  if (scale != 0u && scale < INFINITY_BITS) { inverse = divide(0x3f800000u, scale); }
  scales[2u * block + 1u] = inverse;
}
${mapping === 'groups' ? groupsMain(isQuest) : threadsMain(mapping, isQuest)}`;
}

const TENSOR_AMAX_WGSL = `
var<workgroup> sharedAmax: atomic<u32>;
fn tensorAmaxOf(lane: u32) -> u32 {
  if (params.readsPartials == 0u) { return 0u; }
  atomicMax(&sharedAmax, partials[lane]);
  workgroupBarrier();
  return atomicLoad(&sharedAmax);
}`;

/** In the order of `src/fake-quantize/fold-lines.ts`. */
const LINE_SUM_WGSL = `
fn lineSum(first: u32, count: u32, stride: u32) -> f32 {
  var lanes = vec4f();
  var at = first;
  let whole = count / 4u;
  for (var i = 0u; i < whole; i++) {
    lanes += vec4f(questSquare(x[at]), questSquare(x[at + stride]), questSquare(x[at + 2u * stride]),
      questSquare(x[at + 3u * stride]));
    at += 4u * stride;
  }
  for (var i = 0u; i < count % 4u; i++) {
    lanes[i] += questSquare(x[at]);
    at += stride;
  }
  return (lanes.x + lanes.y) + (lanes.z + lanes.w);
}`;

const BOUNDS_WGSL = `
  let firstRow = (block / params.scaleCols) * params.blockRows;
  let firstCol = (block % params.scaleCols) * params.blockCols;
  let height = min(params.blockRows, params.rows - firstRow);
  let width = min(params.blockCols, params.cols - firstCol);
  let first = firstRow * params.cols + firstCol;`;

function threadsMain(mapping: ScalesMapping, isQuest: boolean): string {
  if (mapping === 'partials') {
    return `${INDEX_WGSL}
  let amax = tensorAmaxOf(lane);
  if (index == 0u) { storeScale(0u, amax, amax, 0.0, 1u); }
}`;
  }
  return `${INDEX_WGSL}
  let tensorAmax = tensorAmaxOf(lane);
  let block = index;
  if (block >= params.scaleRows * params.scaleCols) { return; }
${BOUNDS_WGSL}
  var amax = 0u;
  for (var row = 0u; row < height; row++) {
    let start = first + row * params.cols;
    for (var i = start; i < start + width; i++) { amax = max(amax, x[i] & MAGNITUDE); }
  }
  var squares = 0.0;
  ${isQuest ? THREAD_SQUARES : ''}
  storeScale(block, amax, tensorAmax, squares, height * width);
}`;
}

const THREAD_SQUARES = `
  if (params.blockCols == 1u) {
    squares = lineSum(first, height, params.cols);
  } else {
    for (var row = 0u; row < height; row++) { squares += lineSum(first + row * params.cols, width, 1u); }
  }`;

function groupsMain(isQuest: boolean): string {
  return `
var<workgroup> blockAmax: atomic<u32>;
var<workgroup> lineSums: array<f32, ${THREADS}>;
@compute @workgroup_size(${THREADS})
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let tensorAmax = tensorAmaxOf(lane);
  let block = group.y * groups.x + group.x;
  if (block >= params.scaleRows * params.scaleCols) { return; }
${BOUNDS_WGSL}
  var largest = 0u;
  for (var row = 0u; row < height; row++) {
    let start = first + row * params.cols;
    for (var col = lane; col < width; col += ${THREADS}u) { largest = max(largest, x[start + col] & MAGNITUDE); }
  }
  atomicMax(&blockAmax, largest);
  var squares = 0.0;
  ${isQuest ? GROUP_SQUARES : ''}
  workgroupBarrier();
  if (lane == 0u) { storeScale(block, atomicLoad(&blockAmax), tensorAmax, squares, height * width); }
}`;
}

const GROUP_SQUARES = `
  for (var start = 0u; start < height; start += ${THREADS}u) {
    if (start + lane < height) { lineSums[lane] = lineSum(first + (start + lane) * params.cols, width, 1u); }
    workgroupBarrier();
    if (lane == 0u) {
      for (var i = 0u; i < min(${THREADS}u, height - start); i++) { squares += lineSums[i]; }
    }
    workgroupBarrier();
  }`;
