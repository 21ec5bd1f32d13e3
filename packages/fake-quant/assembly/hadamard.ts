import { butterflies2, butterflies4 } from './hadamard-columns';
import { lowbias32 } from './random';
import { LANES, SIGN4 } from './vector-constants';
import { loadUpToFour, storeUpToFour } from './vectors';

/**
 * The transform of blocks of `size` (16, 32, 64 or 128) elements; the definition of its bits is `src/hadamard/f32-order.ts`.
 *
 * @param signed - whether signs are random, inverse whether they are applied at the end
 * @param counter - `lowbias32(seed)`
 * @param scratch - 40 `size` bytes
 */
export function hadamardTransform(
  x: usize,
  y: usize,
  rows: i32,
  cols: i32,
  size: i32,
  axis: i32,
  factor: f32,
  signed: bool,
  inverse: bool,
  counter: i32,
  scratch: usize,
): void {
  const flips = scratch;
  const zeros = scratch + (<usize>size << 2);
  const vectors = scratch + (<usize>size << 3);
  memory.fill(zeros, 0, <usize>size << 2);
  if (signed) writeFlips(flips, size, counter);
  else memory.fill(flips, 0, <usize>size << 2);
  const flipsIn = inverse ? zeros : flips;
  const flipsOut = inverse ? flips : zeros;
  const factors = f32x4.splat(factor);
  if (axis == 0) transformColumns(x, y, rows, cols, size, flipsIn, flipsOut, zeros, factors, vectors);
  else transformRows(x, y, rows * (cols / size), size, flipsIn, flipsOut, zeros, factors, vectors);
}

/** The signs of `randomSigns` of `@nibble-ml/fp4-format`, as bits to change. */
function writeFlips(flips: usize, size: i32, counter: i32): void {
  let counters = i32x4.add(i32x4.splat(counter), LANES);
  for (let i = 0; i < size; i += 4, flips += 16) {
    v128.store(flips, v128.and(lowbias32(counters), SIGN4));
    counters = i32x4.add(counters, i32x4.splat(4));
  }
}

/** Four columns at a time. */
function transformColumns(
  x: usize,
  y: usize,
  rows: i32,
  cols: i32,
  size: i32,
  flips: usize,
  flipsOut: usize,
  zeros: usize,
  factor: v128,
  vectors: usize,
): void {
  const stride = <usize>cols << 2;
  for (let row = 0; row < rows; row += size, x += stride * size, y += stride * size) {
    let col = 0;
    for (; col + 4 <= cols; col += 4) {
      const at = <usize>col << 2;
      transform(x + at, stride, y + at, stride, size, flips, flipsOut, zeros, factor, vectors);
    }
    if (col == cols) continue;
    const last = vectors + (<usize>size << 4);
    const at = <usize>col << 2;
    for (let i = 0; i < size; i++) {
      v128.store(last + (<usize>i << 4), loadUpToFour(x + <usize>i * stride + at, cols - col));
    }
    transform(last, 16, last, 16, size, flips, flipsOut, zeros, factor, vectors);
    for (let i = 0; i < size; i++) {
      storeUpToFour(y + <usize>i * stride + at, v128.load(last + (<usize>i << 4)), cols - col);
    }
  }
}

/** Transforms `size` vectors, each lane by itself. */
@inline
function transform(
  from: usize,
  fromStride: usize,
  to: usize,
  toStride: usize,
  size: i32,
  flips: usize,
  flipsOut: usize,
  zeros: usize,
  factor: v128,
  vectors: usize,
): void {
  const one = f32x4.splat(1);
  butterflies4(from, fromStride, vectors, 16, size, 1, flips, zeros, one);
  if (size == 16) {
    butterflies4(vectors, 16, to, toStride, size, 4, zeros, flipsOut, factor);
    return;
  }
  butterflies4(vectors, 16, vectors, 16, size, 4, zeros, zeros, one);
  if (size == 64) {
    butterflies4(vectors, 16, to, toStride, size, 16, zeros, flipsOut, factor);
    return;
  }
  if (size == 128) butterflies4(vectors, 16, vectors, 16, size, 16, zeros, zeros, one);
  butterflies2(vectors, to, toStride, size, flipsOut, factor);
}

/** Four blocks at a time, transposed so that each is a lane. */
function transformRows(
  x: usize,
  y: usize,
  blocks: i32,
  size: i32,
  flips: usize,
  flipsOut: usize,
  zeros: usize,
  factor: v128,
  vectors: usize,
): void {
  const bytes = <usize>size << 2;
  const turned = vectors + (<usize>size << 4);
  for (; blocks > 0; blocks -= 4, x += 4 * bytes, y += 4 * bytes) {
    // The last blocks may be fewer than four: then the first stands for those that are missing, and is not stored.
    const second: usize = blocks > 1 ? bytes : <usize>0;
    const third: usize = blocks > 2 ? 2 * bytes : <usize>0;
    const fourth: usize = blocks > 3 ? 3 * bytes : <usize>0;
    for (let i: usize = 0; i < bytes; i += 16) {
      turn(x + i, x + second + i, x + third + i, x + fourth + i, turned + (i << 2), 16);
    }
    transform(turned, 16, turned, 16, size, flips, flipsOut, zeros, factor, vectors);
    for (let i: usize = 0; i < bytes; i += 16) {
      turnBack(turned + (i << 2), y + i, bytes, blocks);
    }
  }
}

/** Writes the four columns of four rows of four. */
@inline
function turn(x0: usize, x1: usize, x2: usize, x3: usize, y: usize, stride: usize): void {
  const a = v128.load(x0);
  const b = v128.load(x1);
  const c = v128.load(x2);
  const d = v128.load(x3);
  const ab0 = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
  const ab1 = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const cd0 = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
  const cd1 = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(y, v128.shuffle<i64>(ab0, cd0, 0, 2));
  v128.store(y + stride, v128.shuffle<i64>(ab0, cd0, 1, 3));
  v128.store(y + 2 * stride, v128.shuffle<i64>(ab1, cd1, 0, 2));
  v128.store(y + 3 * stride, v128.shuffle<i64>(ab1, cd1, 1, 3));
}

/** The reverse, to as many blocks as there are. */
@inline
function turnBack(x: usize, y: usize, bytes: usize, blocks: i32): void {
  const a = v128.load(x);
  const b = v128.load(x, 16);
  const c = v128.load(x, 32);
  const d = v128.load(x, 48);
  const ab0 = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
  const ab1 = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const cd0 = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
  const cd1 = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(y, v128.shuffle<i64>(ab0, cd0, 0, 2));
  if (blocks > 1) v128.store(y + bytes, v128.shuffle<i64>(ab0, cd0, 1, 3));
  if (blocks > 2) v128.store(y + 2 * bytes, v128.shuffle<i64>(ab1, cd1, 0, 2));
  if (blocks > 3) v128.store(y + 3 * bytes, v128.shuffle<i64>(ab1, cd1, 1, 3));
}
