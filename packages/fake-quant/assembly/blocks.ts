import { amaxBits, raiseAmaxBits } from './amax';
import { nearestColumns, nearestSegment } from './nearest';
import { questScale, questSquares } from './quest';
import { E4M3, QUEST, scaleOf, tensorScaleOf, withHeadroom } from './scale';
import { stochasticColumns, stochasticSegment } from './stochastic';
import { fill, loadUpToFour } from './vectors';

// A matrix is cut into bands, rows of blocks above each other; the blocks of a band share `blockRows` rows of x. These
// variables are set by every entry point.

/** Shape of the matrix and of its blocks. */
export let rows: i32 = 0;
export let cols: i32 = 0;
export let blockRows: i32 = 0;
export let blockCols: i32 = 0;
/** Blocks of a band. */
export let bandBlocks: i32 = 0;
/** Bytes of a row. */
export let rowBytes: usize = 0;
/** Of one number for each block of a band, on whole vectors: its bytes. */
export let bandBytes: usize = 0;
/** Clip factors, 0 if there are none, and how far apart those of neighbouring blocks and bands are, in bytes. */
export let clips: usize = 0;
export let clipBlockStride: usize = 0;
export let clipBandStride: usize = 0;

let kind: i32 = 0;
let headroom: f32 = 1;
let isStochastic: bool = false;
let counterStart: i32 = 0;
let tensorScale: f32 = 0;

/** Sets the shape of blocks. */
export function setBlocks(rowCount: i32, colCount: i32, blockRowCount: i32, blockColCount: i32): void {
  rows = rowCount;
  cols = colCount;
  blockRows = blockRowCount;
  blockCols = blockColCount;
  bandBlocks = (colCount + blockColCount - 1) / blockColCount;
  rowBytes = <usize>colCount << 2;
  bandBytes = ((<usize>bandBlocks << 2) + 15) & ~15;
}

/** Sets what scales and rounding depend on; after the shape. */
export function setQuantizer(
  x: usize,
  scaleKind: i32,
  scaleHeadroom: f32,
  stochastic: bool,
  counter: i32,
  clip: usize,
  blockStride: usize,
  bandStride: usize,
): void {
  kind = scaleKind;
  headroom = scaleHeadroom;
  isStochastic = stochastic;
  counterStart = counter;
  clips = clip;
  clipBlockStride = blockStride;
  clipBandStride = bandStride;
  tensorScale = scaleKind == E4M3 ? tensorScaleOf(amaxBits(x, rows * cols)) : 0;
}

/**
 * Writes the scales of a band.
 *
 * @param x - where it begins
 * @param height - its rows
 * @param scratch - 5 `bandBytes`
 * @returns whether one is NaN
 */
export function bandScales(x: usize, band: i32, height: i32, scales: usize, scratch: usize): bool {
  const amaxes = scratch;
  writeAmaxes(x, height, amaxes);
  const sums = scratch + bandBytes;
  if (kind == QUEST) writeSums(x, height, sums);
  let hasNan = false;
  let clip = clips + <usize>band * clipBandStride;
  for (let block = 0; block < bandBlocks; block++, clip += clipBlockStride) {
    const at = <usize>block << 2;
    const amax = load<i32>(amaxes + at);
    let scale = scaleOf(amax, clips == 0 ? 1 : load<f32>(clip), kind, tensorScale);
    if (kind == QUEST && scale == scale) {
      scale = questScale(load<f32>(sums + at), height * min(blockCols, cols - block * blockCols));
    }
    if (scale != scale) hasNan = true;
    else scale = withHeadroom(scale, headroom);
    store<f32>(scales + at, scale);
  }
  return hasNan;
}

/** Quantizes and dequantizes a band under its scales; `row` is its first. */
export function quantizeBand(x: usize, y: usize, row: i32, height: i32, scales: usize): void {
  let counter = counterStart + row * cols;
  for (let i = 0; i < height; i++) {
    if (blockCols == 1) {
      if (isStochastic) stochasticColumns(x, y, cols, scales, counter);
      else nearestColumns(x, y, cols, scales);
    } else {
      quantizeRow(x, y, scales, counter);
    }
    x += rowBytes;
    y += rowBytes;
    counter += cols;
  }
}

function quantizeRow(x: usize, y: usize, scales: usize, counter: i32): void {
  for (let left = cols; left > 0; left -= blockCols, scales += 4) {
    const count = min(blockCols, left);
    const scale = load<f32>(scales);
    if (isStochastic) stochasticSegment(x, y, count, scale, counter);
    else nearestSegment(x, y, count, scale);
    x += <usize>count << 2;
    y += <usize>count << 2;
    counter += count;
  }
}

/** Writes NaN, with the bits that all backends write, over the blocks of a band whose scale is NaN. */
export function fillNan(y: usize, height: i32, scales: usize): void {
  for (let block = 0, first = 0; block < bandBlocks; block++, first += blockCols) {
    const scale = load<f32>(scales + (<usize>block << 2));
    if (scale == scale) continue;
    for (let i = 0; i < height; i++) {
      fill(y + <usize>i * rowBytes + (<usize>first << 2), 0x7fc00000, min(blockCols, cols - first));
    }
  }
}

function writeAmaxes(x: usize, height: i32, amaxes: usize): void {
  memory.fill(amaxes, 0, bandBytes);
  for (let i = 0; i < height; i++, x += rowBytes) {
    if (blockCols == 1) {
      raiseAmaxBits(x, cols, amaxes);
      continue;
    }
    for (let block = 0, first = 0; first < cols; block++, first += blockCols) {
      const amax = amaxBits(x + (<usize>first << 2), min(blockCols, cols - first));
      const at = amaxes + (<usize>block << 2);
      store<i32>(at, max(amax, load<i32>(at)));
    }
  }
}

/** Sums of squares in the order of `foldLines` in `src/fake-quantize/fold-lines.ts`; `sums` has 4 `bandBytes`. */
function writeSums(x: usize, height: i32, sums: usize): void {
  memory.fill(sums, 0, bandBytes << 2);
  for (let i = 0; i < height; i++, x += rowBytes) {
    if (blockCols == 1) {
      addColumns(x, cols, sums + <usize>(i & 3) * bandBytes);
      continue;
    }
    for (let block = 0, first = 0; first < cols; block++, first += blockCols) {
      const at = sums + (<usize>block << 2);
      store<f32>(at, load<f32>(at) + lineSum(x + (<usize>first << 2), min(blockCols, cols - first)));
    }
  }
  if (blockCols == 1) foldLanes(sums);
}

function lineSum(x: usize, count: i32): f32 {
  let lanes = i32x4.splat(0);
  for (; count >= 4; count -= 4, x += 16) lanes = f32x4.add(lanes, questSquares(v128.load(x)));
  if (count > 0) lanes = f32x4.add(lanes, questSquares(loadUpToFour(x, count)));
  return foldLane(lanes);
}

function addColumns(x: usize, count: i32, lane: usize): void {
  for (; count > 0; count -= 4, x += 16, lane += 16) {
    const values = count >= 4 ? v128.load(x) : loadUpToFour(x, count);
    v128.store(lane, f32x4.add(v128.load(lane), questSquares(values)));
  }
}

/** (0 + 1) + (2 + 3). */
@inline
export function foldLane(lanes: v128): f32 {
  return (
    f32x4.extract_lane(lanes, 0) +
    f32x4.extract_lane(lanes, 1) +
    (f32x4.extract_lane(lanes, 2) + f32x4.extract_lane(lanes, 3))
  );
}

/** The same for four lanes of all columns, into the first. */
export function foldLanes(lanes: usize): void {
  for (let at: usize = 0; at < bandBytes; at += 16) {
    const first = lanes + at;
    const low = f32x4.add(v128.load(first), v128.load(first + bandBytes));
    const high = f32x4.add(v128.load(first + 2 * bandBytes), v128.load(first + 3 * bandBytes));
    v128.store(first, f32x4.add(low, high));
  }
}
