import { encodeNearest } from '../../fp4-gemm/assembly/fp4-quantize-nearest';
import { INFINITY_BITS, MIN_AMAX_BITS, NAN_BITS } from './limits';
import { orderKey, orderKeys } from './order-key';
import { amaxOf, leastExponent, roundFour } from './round-e4m3';

/**
 * src/occ-quantize-tensor/reference.ts row by row, the same bits.
 *
 * @param isVector - whether each row has a scale, and not the tensor one
 * @param isE4m3 - whether the residual is rounded
 * @param scratch - 4 * cols bytes, 16-byte aligned
 */
export function occQuantizeTensor(
  x: usize,
  thresholds: usize,
  codes: usize,
  scales: usize,
  starts: usize,
  columns: usize,
  values: usize,
  rows: i32,
  cols: i32,
  capacity: i32,
  isVector: i32,
  isE4m3: i32,
  scratch: usize,
): void {
  const lower = orderKey(load<i32>(thresholds));
  const upper = orderKey(load<i32>(thresholds, 4));
  const rowBytes = (<usize>cols) << 2;
  const codeBytes = ((<usize>cols + 7) >> 3) << 2;
  const bound = max(load<i32>(thresholds) & 0x7fffffff, load<i32>(thresholds, 4) & 0x7fffffff);
  const shared = bound >= INFINITY_BITS ? 0 : scaleOf(bound);
  let isBad = bound >= INFINITY_BITS;
  let start = 0;
  store<i32>(starts, 0);
  for (let row = 0; row < rows; row++) {
    let isRowBad = amaxOf(x, rowBytes) >= INFINITY_BITS;
    let scale = shared;
    if (isRowBad) {
      encodeNearest(x, cols, 0, codes);
      scale = 0;
    } else {
      clampRow(x, rowBytes, lower, upper, scratch);
      if (isVector) scale = scaleOf(amaxOf(scratch, rowBytes));
      encodeNearest(scratch, cols, scale, codes);
      const count = writeEntries(x, scratch, cols, start, capacity, isE4m3, columns, values);
      isRowBad = count > capacity - start;
      start = min(capacity, start + count);
    }
    isBad = isBad || isRowBad;
    if (isVector) store<i32>(scales + ((<usize>row) << 2), isRowBad ? NAN_BITS : scale);
    store<i32>(starts + ((<usize>(row + 1)) << 2), start);
    x += rowBytes;
    codes += codeBytes;
  }
  if (!isVector) store<i32>(scales, isBad ? NAN_BITS : shared);
  for (; start < capacity; start++) {
    store<i32>(columns + ((<usize>start) << 2), 0);
    store<i32>(values + ((<usize>start) << 2), 0);
  }
}

/** The bits of RN(amax / 6). */
function scaleOf(amax: i32): i32 {
  return amax < MIN_AMAX_BITS ? 0 : reinterpret<i32>(reinterpret<f32>(amax) / 6);
}

function clampRow(x: usize, bytes: usize, lower: i32, upper: i32, out: usize): void {
  const lowers = i32x4.splat(lower);
  const uppers = i32x4.splat(upper);
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) {
    const key = orderKeys(v128.load(x + at));
    v128.store(out + at, orderKeys(i32x4.max_s(lowers, i32x4.min_s(uppers, key))));
  }
  for (; at < bytes; at += 4) {
    store<i32>(out + at, orderKey(max(lower, min(upper, orderKey(load<i32>(x + at))))));
  }
}

/** Appends the entries of a row from `start` on, as many as fit, and returns how many there are. */
function writeEntries(
  x: usize,
  clamped: usize,
  cols: i32,
  start: i32,
  capacity: i32,
  isE4m3: i32,
  columns: usize,
  values: usize,
): i32 {
  let count = 0;
  let amax = 0;
  for (let col = 0; col < cols; col++) {
    const at = (<usize>col) << 2;
    if (col + 4 <= cols) {
      const isSame = i32x4.eq(v128.load(x + at), v128.load(clamped + at));
      if (i32x4.all_true(isSame)) {
        col += 3;
        continue;
      }
    }
    const value = flush(load<i32>(x + at)) - flush(load<i32>(clamped + at));
    if (value == 0) continue;
    if (start + count < capacity) {
      const to = (<usize>(start + count)) << 2;
      store<i32>(columns + to, col);
      store<f32>(values + to, value);
    }
    amax = max(amax, reinterpret<i32>(value) & 0x7fffffff);
    count++;
  }
  if (isE4m3) {
    const end = min(capacity, start + count);
    for (let slot = start; slot < end; slot++) {
      const at = values + ((<usize>slot) << 2);
      if (amax >= INFINITY_BITS) store<i32>(at, NAN_BITS);
      else if (amax < MIN_AMAX_BITS) store<i32>(at, load<i32>(at) & 0x80000000);
      else v128.store32_lane(at, roundFour(v128.load32_splat(at), leastExponent(amax)), 0);
    }
  }
  return count;
}

/** The value of a bit pattern, 0 below 2^-100: the difference of two such values is never subnormal. */
function flush(bits: i32): f32 {
  return (bits & 0x7fffffff) < MIN_AMAX_BITS ? 0 : reinterpret<f32>(bits);
}
