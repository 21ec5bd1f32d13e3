import { encodeNearest } from '../../fp4-gemm/assembly/fp4-quantize-nearest';
import { INFINITY_BITS, MIN_AMAX_BITS, NAN_BITS } from './limits';
import { orderKey } from './order-key';
import { clampListed, listMarked, markOutliers } from './outliers';
import { boundOf, largestOf, tileOf, writeKeys } from './row-extremes';
import { rankedLargest } from './select';

/**
 * src/occ-quantize/reference.ts row by row, the same bits. Two bounds, from the extremes of tiles, leave few columns to
 * select the thresholds from; the codes of a row are written as if nothing were clamped, and then those of the outliers
 * anew.
 *
 * @param scratch - five regions of 64 * (ceil(cols / 16) + 1) bytes, 16-byte aligned
 */
export function occQuantize(
  x: usize,
  codes: usize,
  scales: usize,
  indices: usize,
  values: usize,
  rows: i32,
  cols: i32,
  lower: i32,
  upper: i32,
  scratch: usize,
): void {
  const codeBytes = ((<usize>cols + 7) >> 3) << 2;
  const rank = cols - 1 - upper;
  const slotBytes = (<usize>(lower + rank)) << 2;
  const tile = tileOf(cols, max(lower, rank));
  const region = (((<usize>cols + 15) >> 4) + 1) << 6;
  const highs = scratch + region;
  const lows = highs + region;
  const marks = lows + region;
  const list = marks + region;
  for (let row = 0; row < rows; row++) {
    const bytes = writeKeys(x, cols, scratch, highs, lows, tile);
    const highest = largestOf(highs, bytes);
    const lowest = largestOf(lows, bytes);
    let used: usize = 0;
    if (max(highest, lowest) >= INFINITY_BITS) {
      store<i32>(scales, NAN_BITS);
      encodeNearest(x, cols, 0, codes);
    } else {
      const high = boundOf(scratch, cols, rank, 0, highs, bytes, highest);
      const low = ~boundOf(scratch, cols, lower, -1, lows, bytes, lowest);
      markOutliers(scratch, cols, low, high, marks);
      const count = listMarked(marks, cols, list);
      // The tiles have served: their room takes the keys beyond the bounds.
      const upperKey = thresholdBeyond(high, rank, 0, scratch, list, count, highs);
      const lowerKey = ~thresholdBeyond(~low, lower, -1, scratch, list, count, lows);
      const amax = max(orderKey(lowerKey) & 0x7fffffff, orderKey(upperKey) & 0x7fffffff);
      const scale = amax < MIN_AMAX_BITS ? 0 : reinterpret<i32>(reinterpret<f32>(amax) / 6);
      store<i32>(scales, scale);
      encodeNearest(x, cols, scale, codes);
      if (count > 0) {
        store<i32>(highs, orderKey(lowerKey));
        store<i32>(highs, orderKey(upperKey), 4);
        encodeNearest(highs, 2, scale, lows);
        const pair = load<u8>(lows);
        used =
          (<usize>clampListed(list, count, scratch, lowerKey, upperKey, pair, codes, indices, values)) << 2;
      }
    }
    for (; used < slotBytes; used += 4) {
      store<i32>(indices + used, 0);
      store<i32>(values + used, 0);
    }
    x += (<usize>cols) << 2;
    codes += codeBytes;
    scales += 4;
    indices += slotBytes;
    values += slotBytes;
  }
}

/**
 * The key at `rank` in descending order of `keys ^ flip`: among those of the listed columns above `bound`, or `bound`
 * where they are no more than `rank`.
 */
function thresholdBeyond(
  bound: i32,
  rank: i32,
  flip: i32,
  keys: usize,
  list: usize,
  count: i32,
  beyond: usize,
): i32 {
  let end = beyond;
  let largest = bound;
  for (const listEnd = list + ((<usize>count) << 2); list < listEnd; list += 4) {
    const key = load<i32>(keys + ((<usize>load<i32>(list)) << 2)) ^ flip;
    store<i32>(end, key);
    end += (<usize>(key > bound)) << 2;
    largest = max(largest, key);
  }
  if (<i32>((end - beyond) >> 2) <= rank) return bound;
  for (; ((end - beyond) & 15) != 0; end += 4) store<i32>(end, i32.MIN_VALUE);
  return rankedLargest(beyond, end, rank, largest);
}
